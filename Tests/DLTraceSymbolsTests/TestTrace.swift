// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// A trace database with what a test puts into it.
struct TestTrace {
    /// Where a library lies in the process of the trace.
    static let base: Int64 = 0x7f00_0000_0000

    /// The database's path.
    let path: String

    private let database: DatabaseQueue

    init(_ folder: TestFolder, _ name: String = "trace.db") throws {
        path = folder.file(name)
        database = try DatabaseQueue(path: path)
        let schema = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/DLTraceStore/Schema/schema.sql").standardized
        let text = try String(contentsOf: schema, encoding: .utf8)
        try database.write { db in
            try db.execute(sql: text)
            try db.execute(
                sql: """
                    INSERT INTO process (id, stream, pid, started_unix_ns, started_ns)
                    VALUES (1, 1, 1, 1000, 500)
                    """)
        }
    }

    /// Runs a statement.
    func execute(_ sql: String, _ arguments: StatementArguments = []) throws {
        try database.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// The rows of a query, columns separated by `|` as sqlite3 prints them.
    func rows(_ sql: String) throws -> [String] {
        try database.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { value in
                    value.isNull ? "" : String.fromDatabaseValue(value) ?? "\(value)"
                }.joined(separator: "|")
            }
        }
    }

    /// Adds a file that was loaded, at ``base`` + id.
    func addLibrary(id: Int64, path: String, buildID: String) throws {
        try execute(
            "INSERT INTO binary (id, path, build_id) VALUES (?, ?, ?)", [id, path, buildID])
        let base = Self.base + id << 32
        try execute(
            """
            INSERT INTO library (
                id, process_id, generation, binary_id, origin, link_map, base_address,
                start_address, end_address, namespace, flags_1, at_start, has_unique, has_tls,
                has_init, has_fini, unseen_fini
            ) VALUES (?1, 1, ?1, ?1, 'file', 1, ?2, ?2, ?2 + 65536, 0, 0, 0, 0, 0, 0, 0, 0)
            """, [id, base])
    }

    /// Adds a frame in a library.
    func addFrame(library: Int64, fileAddress: UInt64, isExact: Bool) throws {
        try execute(
            """
            INSERT INTO frame (process_id, address, library_id, is_exact)
            SELECT 1, base_address + ?, id, ? FROM library WHERE id = ?
            """, [Int64(bitPattern: fileAddress), isExact, library])
    }

    /// Adds an event about a place in a library.
    func addEvent(
        seq: Int64, kind: String, timeNs: Int64 = 0, library: Int64, fileAddress: UInt64 = 0
    ) throws {
        try execute(
            """
            INSERT INTO event (process_id, seq, kind, time_ns, thread, library_id, address)
            SELECT 1, ?, ?, ?, 1, id, base_address + ? FROM library WHERE id = ?
            """, [seq, kind, timeNs, Int64(bitPattern: fileAddress), library])
    }

    /// All symbols: address, whether exact, depth, name, offset.
    func symbols() throws -> [String] {
        try rows(
            """
            SELECT binary_id, file_address, is_exact, inline_depth, name, symbol_offset
              FROM symbol
             ORDER BY binary_id, file_address, is_exact, inline_depth
            """)
    }

    /// All failures.
    func failures() throws -> [String] {
        try rows("SELECT binary_id, reason FROM symbol_failure ORDER BY binary_id")
    }
}
