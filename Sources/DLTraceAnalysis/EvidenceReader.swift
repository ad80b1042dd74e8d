// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads single events with their stacks.
enum EvidenceReader {
    /// An event in the part that it plays; nil where there is none of that number.
    static func evidence(
        _ role: String, event: Int64, process: Int64, in database: Database
    ) throws -> Evidence? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT
                    kind, thread, phase, since_start_ns, path, name, symbol
                FROM time_line
                WHERE process_id = ? AND seq = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [process, event]) else {
            return nil
        }
        return Evidence(
            role: role,
            process: process,
            event: event,
            kind: row["kind"],
            thread: row["thread"],
            phase: row["phase"],
            sinceStartNs: row["since_start_ns"],
            library: row["path"],
            // A variable of the environment is better known by its name than by where it lies.
            subject: (row["kind"] == "putenv" ? nil : row["symbol"] as String?)
                ?? (row["name"] as String?),
            stack: try StackReader.function(
                database, process: process, event: event, kind: row["kind"])
                + StackReader.frames(database, process: process, event: event))
    }
}
