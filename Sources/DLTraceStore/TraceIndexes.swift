// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The indexes of indexes.sql.
package enum TraceIndexes {
    /// Makes those that are missing in the database of a path, unless somebody records into it.
    ///
    /// - Throws: `StoreError`; everything can be asked without them, and takes longer.
    package static func complete(in path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(1)
        configuration.label = "dltrace.indexes"
        do {
            try DatabaseFile.requireFile(path)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { database in
                guard try DatabaseFile.check(database, path: path),
                    try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal"
                else { return }
                try make(in: database)
            }
            try queue.close()
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Makes those that are missing; touches nothing where none is.
    static func make(in database: Database) throws {
        try database.execute(sql: String(decoding: PackageResources.indexes_sql, as: UTF8.self))
    }
}
