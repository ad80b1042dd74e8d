// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB
import GRDBSQLite

/// Compiles SQL that a user wrote, and lets through only what reads.
enum ReadingStatement {
    /// What is wrong with a text, and the line it is wrong in, if that is known.
    struct Refusal: Error {
        let line: Int?
        let why: String
    }

    private static let readers: Set<String> = ["select", "with", "values"]

    /// The statement, compiled.
    ///
    /// The database is open read-only; this refuses besides what would not write to it and yet is no
    /// question: ATTACH, PRAGMA, and several statements at once.
    static func make(
        _ sql: String, in database: Database, of trace: TraceDatabase
    ) throws -> Statement {
        let start = startOfStatement(sql)
        guard let start else { throw Refusal(line: nil, why: "no statement in it") }
        let word = sql[start...].prefix { $0.isLetter }.lowercased()
        guard readers.contains(word) else {
            throw Refusal(line: line(of: start, in: sql), why: "only SELECT is possible here")
        }
        let statement: Statement
        do {
            statement = try trace.onlyReading(database) { try database.makeStatement(sql: sql) }
        } catch let error as DatabaseError {
            throw trace.onlyReading(database) { refusal(error, sql: sql, database: database) }
        }
        guard statement.isReadonly else {
            throw Refusal(
                line: line(of: start, in: sql), why: "it writes; only reading is possible here")
        }
        return statement
    }

    /// The place of the first character that is neither space nor comment.
    private static func startOfStatement(_ sql: String) -> String.Index? {
        var rest = sql[...]
        while let first = rest.first {
            if first.isWhitespace || first == ";" {
                rest = rest.dropFirst()
            } else if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                guard let end = rest.firstRange(of: "*/") else { return nil }
                rest = rest[end.upperBound...]
            } else {
                return rest.startIndex
            }
        }
        return nil
    }

    private static func line(of index: String.Index, in sql: String) -> Int {
        sql[..<index].count { $0.isNewline } + 1
    }

    private static func refusal(_ error: DatabaseError, sql: String, database: Database) -> Refusal
    {
        if error.resultCode == .SQLITE_MISUSE {
            return Refusal(line: nil, why: "more than one statement")
        }
        if error.resultCode == .SQLITE_AUTH {
            let what = error.message ?? "not authorized"
            return Refusal(line: nil, why: "only reading is possible here: \(what)")
        }
        let why = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        let offset = errorOffset(sql, database: database)
        guard offset >= 0, offset <= sql.utf8.count else { return Refusal(line: nil, why: why) }
        let index = sql.utf8.index(sql.utf8.startIndex, offsetBy: offset)
        return Refusal(line: line(of: index, in: sql), why: why)
    }

    /// GRDB has asked SQLite for more by now, so the offset has to be found once more.
    private static func errorOffset(_ sql: String, database: Database) -> Int {
        guard let connection = database.sqliteConnection else { return -1 }
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        let code = sqlite3_prepare_v2(connection, sql, -1, &statement, nil)
        return code == SQLITE_OK ? -1 : Int(sqlite3_error_offset(connection))
    }
}
