// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The indexes of indexes.sql, and the digest of digest.sql.
package enum TraceIndexes {
    /// Makes what is missing of them in the database of a path, unless somebody records into it.
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

    /// Makes what is missing, each in a transaction of its own; touches nothing where nothing is.
    ///
    /// - Parameters:
    ///   - database: in no transaction.
    ///   - isAbandoned: whether to stop; asked again and again.
    ///   - progress: called with the number of those that are made, and how many there are.
    /// - Throws: `DatabaseError`; those that are made stay.
    static func make(
        in database: Database, unless isAbandoned: @escaping () -> Bool = { false },
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        // What is sorted goes to a file by and by, so that memory is bounded by the cache.
        try database.execute(sql: "PRAGMA temp_store = FILE; PRAGMA cache_size = -16384")
        let indexes = try Array(
            database.allStatements(
                sql: String(decoding: PackageResources.indexes_sql, as: UTF8.self)))
        try database.interruptible(when: isAbandoned) {
            for (number, index) in indexes.enumerated() where !isAbandoned() {
                progress(number, indexes.count + 1)
                try index.execute()
            }
            guard try !isAbandoned() && !DigestMaker.isComplete(in: database) else { return }
            progress(indexes.count, indexes.count + 1)
            try DigestMaker.complete(in: database)
        }
    }
}
