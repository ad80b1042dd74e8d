// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Foundation
import GRDB

@testable import DLTraceStore

/// A folder of one test, with one database in it.
final class TraceFolder {
    let url: URL
    var path: String { url.appending(path: "trace.db").path }

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "dltrace-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        guard ProcessInfo.processInfo.environment["DLTRACE_TEST_KEEP"] != "1" else { return }
        try? FileManager.default.removeItem(at: url)
    }

    /// Stores records in batches, one after the other, and finishes.
    func store(_ batches: [DLTraceWire.Record]...) throws {
        let writer = try TraceWriter(path: path)
        for batch in batches { try writer.append(batch) }
        try writer.finish()
    }

    /// The rows of a query, each with its columns joined by `|`.
    func rows(_ sql: String) throws -> [String] {
        try TraceDatabase(path: path).read { try Self.rows($0, sql) }
    }

    static func rows(_ database: Database, _ sql: String) throws -> [String] {
        try Row.fetchAll(database, sql: sql).map { row in
            row.databaseValues.map { value in
                value.isNull ? "-" : String.fromDatabaseValue(value) ?? "\(value)"
            }.joined(separator: "|")
        }
    }

    /// Everything that records become, in an order that does not depend on how they came.
    func contents() throws -> [String] {
        try TraceDatabase(path: path).read { database in
            let queries = [
                """
                SELECT pid, ppid, parent_seq, executable, arguments, started_ns FROM process
                ORDER BY stream
                """,
                """
                SELECT process_id, generation, base_address, origin, binary.path, build_id
                FROM library JOIN binary ON binary.id = binary_id ORDER BY 1, 2
                """,
                "SELECT process_id, first_seq, last_seq FROM gap ORDER BY 1, 2",
                """
                SELECT
                    event.process_id, seq, kind, time_ns, thread, parent_seq, phase, generation,
                    event.address, value, detail, text_id IS NULL,
                    (
                        SELECT group_concat(place)
                        FROM (
                            SELECT
                                frame.address || ':' || coalesce(
                                    there.process_id || '.' || there.generation, '-') AS place
                            FROM stack_frame
                            JOIN frame ON frame.id = frame_id
                            LEFT JOIN library AS there ON there.id = frame.library_id
                            WHERE stack_frame.stack_id = event.stack_id
                            ORDER BY position
                        )
                    )
                FROM event LEFT JOIN library ON library.id = event.library_id ORDER BY 1, 2
                """,
            ]
            return try queries.flatMap { try Self.rows(database, $0) }
        }
    }

    /// What SQLite finds wrong with the file.
    func damage() throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        return try queue.read { database in
            try Self.rows(database, "PRAGMA integrity_check")
                + Self.rows(database, "PRAGMA foreign_key_check")
        }.filter { $0 != "ok" }
    }
}
