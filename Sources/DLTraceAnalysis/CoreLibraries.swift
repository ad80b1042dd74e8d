// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The libraries of a process as a core file may still have to do with them.
struct CoreLibraries {
    /// So many different places of libraries are known.
    private static let mostLibraries = 20_000

    /// The newest load at each place, the newest first.
    let libraries: [PlacedLibrary]

    /// Reads them, through a lens.
    init(of process: ProcessImage, in database: Database) throws {
        let lens = try LibraryLens(database)
        try lens.add(process: process.id)
        let ids = try Int64.fetchAll(
            database,
            sql: """
                SELECT MAX(library.id) AS id
                FROM process_line
                CROSS JOIN library ON library.process_id = process_line.member_id
                WHERE process_line.process_id = ?
                GROUP BY library.start_address, library.end_address, library.binary_id
                ORDER BY id DESC
                LIMIT ?
                """, arguments: [process.id, Self.mostLibraries])
        libraries = try ids.compactMap { id in
            try lens.add(library: id, of: process.id)
            return try PlacedLibraryReader.library(
                id, of: process.id, since: process.startedNs, in: database)
        }
    }

    /// What lay at an address last.
    func library(at address: UInt64) -> PlacedLibrary? {
        let found = libraries.filter { $0.start <= address && address < $0.end }
        return found.first { $0.unloaded == nil }
            ?? found.max { ($0.unloaded?.event ?? 0) < ($1.unloaded?.event ?? 0) }
    }
}
