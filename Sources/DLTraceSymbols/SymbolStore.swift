// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc

/// The part of a trace database that is about names: what is missing, and what was found.
struct SymbolStore {
    /// As in schema.sql.
    private static let applicationID = 0x444c_5472
    private static let version = 2

    /// The database's path.
    let path: String

    /// The connection.
    let database: DatabaseQueue

    /// Opens a trace database.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - readonly: Whether nothing is to be saved in it.
    /// - Throws: ``SymbolError`` where it is no trace database, or may not be written.
    init(path: String, readonly: Bool = false) throws(SymbolError) {
        self.path = path
        guard access(path, readonly ? R_OK : R_OK | W_OK) == 0 else {
            throw SymbolError(
                .databaseUnusable, path: path, detail: String(cString: strerror(errno)))
        }
        database = try Self.naming(path) {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            configuration.label = "dltrace symbols"
            configuration.readonly = readonly
            return try DatabaseQueue(path: path, configuration: configuration)
        }
        let (application, version) = try Self.naming(path) {
            try database.read { db in
                (
                    try Int.fetchOne(db, sql: "PRAGMA application_id"),
                    try Int.fetchOne(db, sql: "PRAGMA user_version")
                )
            }
        }
        guard application == Self.applicationID else {
            throw SymbolError(.databaseUnusable, path: path, detail: "not a dltrace database")
        }
        guard version == Self.version else {
            throw SymbolError(
                .databaseUnusable, path: path, detail: "made by another version of dltrace")
        }
    }

    // MARK: - What was found

    /// Keeps results, all or none.
    func save(_ results: [SymbolResult]) throws(SymbolError) {
        guard !results.isEmpty else { return }
        try Self.naming(path) {
            try database.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    for result in results { try Self.save(result, db) }
                    return .commit
                }
            }
        }
    }

    private static func save(_ result: SymbolResult, _ db: Database) throws {
        let binaryID = result.task.binaryID
        for (index, address) in result.task.addresses.enumerated() {
            let frames = result.reply.places.isEmpty ? [] : result.reply.places[index]
            if !frames.isEmpty {
                try replace(frames, binaryID, address, db)
            } else if result.isFinal {
                try insertUnnamed(binaryID, address, db)
            }
        }
        try db.execute(
            sql: "DELETE FROM symbol_failure WHERE binary_id = ?", arguments: [binaryID])
        if let reason = result.reason, try !result.isFinal || isLacking(result, db) {
            try db.execute(
                sql: "INSERT INTO symbol_failure (binary_id, reason) VALUES (?, ?)",
                arguments: [binaryID, reason])
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO symbol_lookup (binary_id, evidence) VALUES (?, ?)",
            arguments: [binaryID, result.task.evidence.description])
    }

    /// Whether a failure has left something out: a file can go after all its names are known.
    private static func isLacking(_ result: SymbolResult, _ db: Database) throws -> Bool {
        guard result.reply.places.isEmpty else { return true }
        let unnamed = try Int.fetchOne(
            db,
            sql: """
                SELECT 1
                  FROM symbol
                 WHERE binary_id = ?
                   AND inline_depth = 0
                   AND name IS NULL
                """, arguments: [result.task.binaryID])
        return unnamed != nil
    }

    private static func insertUnnamed(
        _ binaryID: Int64, _ address: SymbolAddress, _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO symbol (binary_id, file_address, is_exact, inline_depth)
                VALUES (?, ?, ?, 0)
                """)
        try statement.execute(
            arguments: [binaryID, Int64(bitPattern: address.fileAddress), address.isExact])
    }

    private static func replace(
        _ frames: [ResolvedFrame], _ binaryID: Int64, _ address: SymbolAddress, _ db: Database
    ) throws {
        let fileAddress = Int64(bitPattern: address.fileAddress)
        let deletion = try db.cachedStatement(
            sql: "DELETE FROM symbol WHERE binary_id = ? AND file_address = ? AND is_exact = ?")
        try deletion.execute(arguments: [binaryID, fileAddress, address.isExact])
        let insertion = try db.cachedStatement(
            sql: """
                INSERT INTO symbol (
                    binary_id, file_address, is_exact, inline_depth,
                    name, symbol_offset, source_file, source_line, is_data
                ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for (depth, frame) in frames.enumerated() {
            try insertion.execute(
                arguments: [
                    binaryID, fileAddress, address.isExact, depth, frame.name,
                    frame.offset.map { Int64(bitPattern: $0) }, frame.file, frame.line,
                    frame.isData ?? false,
                ])
        }
    }

    // MARK: - Errors

    /// Does something with the database; its errors name the file.
    static func naming<Value>(
        _ path: String, _ body: () throws -> Value
    ) throws(SymbolError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw SymbolError(
                .databaseUnusable, path: path, detail: error.message ?? "SQLite \(error.resultCode)"
            )
        } catch {
            throw SymbolError(.databaseUnusable, path: path, detail: "\(error)")
        }
    }
}
