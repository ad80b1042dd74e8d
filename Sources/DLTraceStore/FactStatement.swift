// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// A prepared statement for the rows that come by the hundred thousand: values go straight to SQLite.
///
/// It belongs to one connection, and to that connection's queue.
final class FactStatement {
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private let statement: Statement
    private let raw: SQLiteStatement

    init(_ database: Database, _ sql: String) throws {
        statement = try database.makeStatement(sql: sql)
        raw = statement.sqliteStatement
    }

    // MARK: - Values, by number from 1

    func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(raw, index, value)
    }

    func bind(_ index: Int32, _ value: Int64?) {
        guard let value else {
            sqlite3_bind_null(raw, index)
            return
        }
        sqlite3_bind_int64(raw, index, value)
    }

    func bind(_ index: Int32, _ value: UInt64) {
        sqlite3_bind_int64(raw, index, Int64(bitPattern: value))
    }

    func bind(_ index: Int32, _ value: Bool) {
        sqlite3_bind_int64(raw, index, value ? 1 : 0)
    }

    func bind(_ index: Int32, _ value: StaticString?) {
        guard let value, value.hasPointerRepresentation else {
            sqlite3_bind_null(raw, index)
            return
        }
        let text = UnsafeRawPointer(value.utf8Start).assumingMemoryBound(to: CChar.self)
        sqlite3_bind_text(raw, index, text, Int32(value.utf8CodeUnitCount), nil)
    }

    func bind(_ index: Int32, text bytes: [UInt8]?) {
        guard let bytes else {
            sqlite3_bind_null(raw, index)
            return
        }
        bytes.withUnsafeBytes { buffer in
            let text = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            // An empty array has no address, and a null pointer would be NULL.
            guard let text else { return bind(index, "" as StaticString) }
            sqlite3_bind_text(raw, index, text, Int32(clamping: buffer.count), Self.transient)
        }
    }

    // MARK: - Running

    /// Runs a statement that gives no rows.
    func run() throws {
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
    }

    /// Runs an INSERT.
    ///
    /// - Returns: the new row's number; nil where ON CONFLICT left it out.
    func insert() throws -> Int64? {
        try run()
        let connection = sqlite3_db_handle(raw)
        return sqlite3_changes(connection) > 0 ? sqlite3_last_insert_rowid(connection) : nil
    }

    /// Runs a query of numbers for its first row; nil where there is none, and for what is NULL.
    func firstRow(columns: Int32) throws -> [Int64?]? {
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        guard code == SQLITE_ROW else {
            guard code == SQLITE_DONE else { throw failure(code) }
            return nil
        }
        return (0..<columns).map { column in
            sqlite3_column_type(raw, column) == SQLITE_NULL
                ? nil : sqlite3_column_int64(raw, column)
        }
    }

    /// Runs a query for the number in the first column of its first row.
    func firstNumber() throws -> Int64? {
        try firstRow(columns: 1)?[0]
    }

    /// Runs a query; `body` asks for the row's columns with `number`, and tells whether to go on.
    func forEachRow(_ body: () throws -> Bool) throws {
        defer { sqlite3_reset(raw) }
        while true {
            let code = sqlite3_step(raw)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE else { throw failure(code) }
                return
            }
            guard try body() else { return }
        }
    }

    /// A column of the row that a query is at, from 0; nil for NULL.
    func number(_ column: Int32) -> Int64? {
        sqlite3_column_type(raw, column) == SQLITE_NULL ? nil : sqlite3_column_int64(raw, column)
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = sqlite3_errmsg(sqlite3_db_handle(raw)).map { String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }
}
