// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Finds the process that a core file is of.
struct CoreMatcher {
    /// So many processes are compared with the core file.
    private static let mostCandidates = 256
    private static let mostLibraries = 4_096

    let database: Database
    let core: CoreImage

    /// The process, among all or those of a selection.
    ///
    /// - Throws: `AnalysisError` if there is none.
    func match(_ selection: ProcessSelection?) throws -> CoreMatch {
        let images = try Analyzer.images(selection ?? .all, database)
        // Of one pid the newest image first: it is the one that ended.
        let candidates =
            images.reversed().filter { $0.pid == core.pid }
            + images.reversed().filter { $0.pid != core.pid }
        let matches = try candidates.prefix(Self.mostCandidates).map { image in
            try match(image, isGiven: selection != nil)
        }
        let best = matches.max { Self.points($0) < Self.points($1) }
        guard let best, selection != nil || best.certainty != .doubtful else {
            let program = core.modules.first { $0.path.hasPrefix("/") }?.path
            throw AnalysisError(
                code: .noSuchCore, what: core.path,
                why: "no process in this database is the one that it is of: pid \(core.pid)"
                    + (program.map { ", with \($0)" } ?? ""),
                advice: "Say which it is, if it was traced: --process ID")
        }
        return best
    }

    private static func points(_ match: CoreMatch) -> Int {
        let rank =
            switch match.certainty {
            case .certain: 3
            case .likely, .given: 2
            case .doubtful: 1
            }
        return rank * 1_000_000 + (match.isSamePid ? 500_000 : 0) + match.librariesInPlace
            - match.librariesElsewhere
    }

    private func match(_ image: ProcessImage, isGiven: Bool) throws -> CoreMatch {
        let mapped = Dictionary(
            core.modules.map { ($0.path.lastPathPart, $0.start) },
            uniquingKeysWith: { first, _ in first })
        let starts = Set(core.modules.map(\.start))
        var inPlace = 0
        var elsewhere = 0
        for (path, start) in try libraries(of: image) {
            if starts.contains(start) {
                inPlace += 1
            } else if mapped[path.lastPathPart] != nil {
                elsewhere += 1
            }
        }
        let isSamePid = image.pid == core.pid
        // Addresses are random: two in their places are no accident. A program at a fixed address, or
        // without randomization, proves less.
        let isInPlace = inPlace >= 2 && inPlace > elsewhere
        let certainty: CoreMatch.Certainty =
            if isInPlace && isSamePid {
                .certain
            } else if isGiven {
                isInPlace || isSamePid && elsewhere == 0 ? .given : .doubtful
            } else if isSamePid && elsewhere <= inPlace {
                .likely
            } else {
                isInPlace && elsewhere == 0 ? .likely : .doubtful
            }
        return CoreMatch(
            process: image, certainty: certainty, isSamePid: isSamePid, librariesInPlace: inPlace,
            librariesElsewhere: elsewhere)
    }

    /// What was there when the process started: it stays where it is.
    private func libraries(of image: ProcessImage) throws -> [(path: String, start: UInt64)] {
        var process: Int64? = image.id
        var seen: Set<Int64> = []
        while let id = process, seen.insert(id).inserted {
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT binary.path, library.start_address
                    FROM library
                    JOIN binary ON binary.id = library.binary_id
                    WHERE library.process_id = ? AND library.generation <= ? AND library.at_start
                    LIMIT ?
                    """, arguments: [id, Self.mostLibraries, Self.mostLibraries])
            if !rows.isEmpty { return rows.map { ($0[0], StackReader.unsigned($0[1])) } }
            // A forked child goes on with its parent's.
            process = try Int64.fetchOne(
                database, sql: "SELECT parent_id FROM process WHERE id = ?", arguments: [id])
        }
        return []
    }
}
