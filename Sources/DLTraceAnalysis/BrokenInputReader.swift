// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

/// Reads the table broken_input.
enum BrokenInputReader {
    /// Whoever fills a spill folder with rubbish gets no longer report.
    private static let mostSources = 64
    private static let mostStretches = 8

    /// What claims to be of these processes, in their order, or is of none that is known.
    ///
    /// - Returns: the first of it, and how many sources there are more.
    static func sources(
        of processes: Set<Int64>, in database: Database
    ) throws -> (sources: [BrokenSource], others: Int) {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT
                    broken_input.source, process.id, process.pid, COUNT(*),
                    CAST(MIN(TOTAL(broken_input.skipped_bytes), 9.0e18) AS INTEGER)
                FROM broken_input
                LEFT JOIN process ON process.stream = broken_input.stream
                GROUP BY broken_input.source, process.id
                ORDER BY process.id IS NULL, process.id, MIN(broken_input.id)
                """)
        let all = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM broken_input") ?? 0
        let isFull = all >= TraceWriter.brokenMax
        var sources: [BrokenSource] = []
        var others = 0
        while let row = try rows.next() {
            let process: Int64? = row[1]
            guard process.map(processes.contains) ?? true else { continue }
            guard sources.count < mostSources else {
                others += 1
                continue
            }
            let source: String = row[0]
            sources.append(
                BrokenSource(
                    source: source, process: process, pid: row[2], stretches: row[3],
                    isCut: try isFull || count(source, in: database) >= TraceWriter.brokenPerSource,
                    skippedBytes: row[4],
                    first: try stretches(source, process: process, in: database)))
        }
        return (sources, others)
    }

    private static func count(_ source: String, in database: Database) throws -> Int {
        try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM broken_input WHERE source = ?",
            arguments: [source]) ?? 0
    }

    private static func stretches(
        _ source: String, process: Int64?, in database: Database
    ) throws -> [BrokenStretch] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT offset_bytes, skipped_bytes, reason
                FROM broken_input
                WHERE source = ?
                    AND (SELECT id FROM process WHERE process.stream = broken_input.stream) IS ?
                ORDER BY offset_bytes, id
                LIMIT \(mostStretches)
                """, arguments: [source, process]
        ).map { BrokenStretch(offset: $0[0], skippedBytes: $0[1], reason: $0[2]) }
    }
}
