// SPDX-License-Identifier: Apache-2.0

package import GRDB

/// A trace to be read: the facts, and views.sql over them.
package final class TraceDatabase: Sendable {
    /// The database's path.
    package let path: String
    /// The views, as views.sql has them: for whoever reads a trace without dltrace.
    package static var views: String {
        String(decoding: PackageResources.views_sql, as: UTF8.self)
    }

    private let queue: DatabaseQueue
    private let readGuard: ReadGuard

    /// Opens the database of a path, read-only, and makes the views of views.sql for this connection.
    ///
    /// - Throws: `StoreError`, also for what is not a dltrace database or that of another version.
    package init(path: String) throws {
        self.path = path
        let readGuard = ReadGuard()
        self.readGuard = readGuard
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        configuration.label = "dltrace.reader"
        do {
            try DatabaseFile.requireFile(path)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { database in
                guard try DatabaseFile.check(database, path: path) else {
                    throw StoreError(.missing, path: path, reason: DatabaseFile.emptiness)
                }
                // A cache four times as large saves no time, and `dltrace run` reads beside its collector.
                try database.execute(
                    sql: """
                        PRAGMA temp_store = MEMORY;
                        PRAGMA trusted_schema = OFF;
                        PRAGMA cell_size_check = ON;
                        PRAGMA cache_size = -16384;
                        """)
                if try !database.tableExists("pruned") {
                    // A temporary one, before which nothing was pruned.
                    try database.execute(
                        sql: DatabaseFile.prunedTable.replacing(
                            "CREATE TABLE", with: "CREATE TEMP TABLE"))
                }
                try database.execute(sql: Self.views)
                try readGuard.install(in: database)
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Reads, from one state of the database, through statements of our own.
    ///
    /// The file can't be changed; TEMP tables and views can.
    /// - Throws: what the body throws, but `StoreError` for SQLite's errors about the file.
    package func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        do {
            return try queue.inDatabase { database in
                var result: Value?
                try database.inTransaction(.deferred) {
                    result = try body(database)
                    return .commit
                }
                guard let result else {
                    throw DatabaseError(message: "a transaction had no result")
                }
                return result
            }
        } catch let error as DatabaseError where StoreError.isAboutTheFile(error) {
            throw StoreError(error, path: path)
        }
    }

    /// Whether somebody records into it, or did and could not close it.
    package func isRecorded() throws -> Bool {
        try read { try String.fetchOne($0, sql: "PRAGMA journal_mode") == "wal" }
    }

    /// Compiles or runs somebody else's SQL inside `read`: as long as the body runs, SQLite compiles
    /// nothing but what reads. No writing, not even of TEMP tables, no ATTACH, PRAGMA, transaction or
    /// loading of extensions.
    package func onlyReading<Value>(
        _ database: Database, _ body: () throws -> Value
    ) rethrows -> Value {
        try readGuard.whileClosed(body)
    }
}
