// SPDX-License-Identifier: Apache-2.0

import GRDB

extension TracePruner {
    /// Bytes of the file that hold something.
    func usedBytes() throws -> UInt64 {
        let all = try pragma("page_count")
        return (all - min(all, try pragma("freelist_count"))) * (try pageBytes())
    }

    /// Bytes of the file.
    func fileBytes() throws -> UInt64 {
        try pragma("page_count") * (try pageBytes())
    }

    private func pageBytes() throws -> UInt64 { try pragma("page_size") }

    private func pragma(_ name: String) throws -> UInt64 {
        UInt64(
            max(0, try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA \(name)")) ?? 0))
    }

    /// Gives unused pages back to the file system.
    ///
    /// - Returns: what stood in the way of it.
    func shrink(path: String) throws -> StoreError? {
        guard try pragma("freelist_count") > 0 else { return nil }
        do {
            // VACUUM makes its copy where temporary files go; in memory it would have to fit there.
            try database.execute(
                sql: """
                    PRAGMA temp_store = FILE;
                    PRAGMA auto_vacuum = INCREMENTAL;
                    VACUUM;
                    """)
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            return nil
        } catch let error as DatabaseError {
            guard try pragma("auto_vacuum") == 2 else { return Self.obstacle(error, path: path) }
            return giveBack(all: path)
        }
    }

    /// The same page by page, which needs no room on the disk.
    private func giveBack(all path: String) -> StoreError? {
        do {
            while try pragma("freelist_count") > 0 { try giveBack(pages: 4096) }
            try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            return nil
        } catch {
            return Self.obstacle(error, path: path)
        }
    }

    /// Gives unused pages back until the file has no more than `limit` bytes.
    ///
    /// - Returns: what stood in the way of it.
    func shrink(below limit: UInt64, path: String) throws -> StoreError? {
        let excess = try fileBytes()
        guard excess > limit else { return nil }
        guard try pragma("auto_vacuum") == 2 else { return try shrink(path: path) }
        try giveBack(pages: (excess - limit) / (try pageBytes()) + 1)
        return nil
    }

    private func giveBack(pages: UInt64) throws {
        try database.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
    }

    private static func obstacle(_ error: any Error, path: String) -> StoreError {
        let error = StoreError(error, path: path)
        guard error.code == .full || error.code == .access else { return error }
        return StoreError(
            .full, path: path,
            reason:
                "not enough space is free to make the file smaller; what was pruned is free in it for"
                + " new records",
            sqliteCode: error.sqliteCode)
    }
}
