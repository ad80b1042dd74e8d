// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

extension Analyzer {
    /// The life of a library in each process of a selection that had it.
    ///
    /// A forked child in which nothing happened to it but at exit is left out.
    /// - Parameters:
    ///   - library: its path, soname, file name, or a part of its path that no other has.
    ///   - selection: the processes.
    ///   - limit: so many loads of a process are told, the newest.
    /// - Returns: the lives, at least one.
    /// - Throws: `AnalysisError` if there is no such process, no such library, or more than one.
    package func stories(
        of library: String, in selection: ProcessSelection, limit: Int
    ) throws -> [LibraryStory] {
        try database.read { connection in
            let images = try Self.images(selection, connection)
            let lens = try LibraryLens(connection)
            let counts = try LoadCounts(connection)
            try lens.select(images.map(\.id))
            let file = try LibraryChoice(Self.files(connection)).file(library)
            let owners = try Self.owners(of: file, connection)
            // One process at a time: what is under a lens makes each question about it longer.
            let stories = try images.filter { owners.contains($0.id) }.compactMap { image in
                try lens.clear()
                return try Self.story(of: file, in: image, limit: limit, lens, counts, connection)
            }
            guard stories.isEmpty else { return stories }
            throw AnalysisError(
                code: .noSuchLibrary, what: library,
                why: "\(file.path) was not loaded by then in these processes",
                advice: "Ask about other processes: --process all")
        }
    }

    /// The files that were loaded in the processes under the lens, or in those they were forked from.
    private static func files(_ connection: Database) throws -> [LibraryFile] {
        let rows = try Row.fetchAll(
            connection,
            sql: """
                SELECT binary.id, binary.path, library.soname
                FROM binary
                CROSS JOIN library ON library.id = (
                    SELECT MAX(loaded.id)
                    FROM library AS loaded
                    WHERE loaded.binary_id = binary.id
                        AND loaded.process_id IN (SELECT member_id FROM process_line)
                )
                WHERE library.origin <> 'tracer'
                ORDER BY binary.path, binary.id
                """)
        var files: [LibraryFile] = []
        for row in rows {
            if files.last?.path == row["path"] {
                files[files.count - 1].binaries.append(row["id"])
            } else {
                files.append(
                    LibraryFile(binaries: [row["id"]], path: row["path"], soname: row["soname"]))
            }
        }
        return files
    }

    /// The processes under the lens that had a file, or that were forked from one that had.
    private static func owners(
        of file: LibraryFile, _ connection: Database
    ) throws -> Set<Int64> {
        try Int64.fetchSet(
            connection,
            sql: """
                SELECT process_line.process_id
                FROM process_line
                WHERE EXISTS (
                    SELECT 1
                    FROM library
                    WHERE library.binary_id IN (\(list(file.binaries)))
                        AND library.process_id = process_line.member_id
                )
                """)
    }

    private static func list(_ ids: [Int64]) -> String {
        ids.map(String.init).joined(separator: ", ")
    }

    private static func story(
        of file: LibraryFile, in image: ProcessImage, limit: Int, _ lens: LibraryLens,
        _ counts: LoadCounts, _ connection: Database
    ) throws -> LibraryStory? {
        try lens.add(process: image.id)
        let count = try counts.loads(of: file.binaries, in: image.id)
        let ids = try Int64.fetchAll(
            connection.cachedStatement(
                sql: """
                    SELECT library.id
                    FROM process_line
                    CROSS JOIN library ON library.process_id = process_line.member_id
                        AND library.binary_id IN (\(list(file.binaries)))
                    WHERE process_line.process_id = ?
                    ORDER BY library.id DESC
                    LIMIT ?
                    """), arguments: [image.id, limit])
        let reader = LibraryLoadReader(database: connection, lens: lens, process: image)
        let read = try ids.enumerated().compactMap { place, id in
            try reader.load(id, number: count - place)
        }
        let isNews = read.contains { load in
            load.library.inheritedFrom == nil || load.library.unloaded != nil
                || load.moments.contains { $0.process == image.id && $0.isCall }
        }
        guard isNews else { return nil }
        return LibraryStory(
            process: image, path: file.path, loads: read.reversed(),
            earlierLoads: count - ids.count)
    }
}

extension LibraryMoment {
    /// Whether it is a call of the program's.
    fileprivate var isCall: Bool {
        switch what {
        case .opened, .broughtAlong, .closed: true
        case .loaded, .needed, .finalized, .unloaded, .left: false
        }
    }
}
