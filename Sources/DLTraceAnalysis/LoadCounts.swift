// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

/// How often something was loaded: as a digest has counted, else by index.
struct LoadCounts {
    private let database: Database
    private let hasDigest: Bool

    /// For one connection, in one transaction.
    init(_ database: Database) throws {
        self.database = database
        hasDigest = try DigestMaker.isComplete(in: database)
    }

    /// The loads of files by a process that is under a lens, and by those that it was forked from.
    func loads(of binaries: [Int64], in process: Int64) throws -> Int {
        let counted = """
            (
                SELECT loads
                FROM main.digest_file
                WHERE process_id = process_line.member_id AND binary_id = binary.id
            )
            """
        let count = try Double.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT TOTAL(COALESCE(\(hasDigest ? counted : "NULL"), (
                        SELECT COUNT(*)
                        FROM library
                        WHERE library.binary_id = binary.id
                            AND library.process_id = process_line.member_id
                    )))
                    FROM process_line
                    CROSS JOIN binary ON binary.id IN (\(binaries.map(String.init).joined(separator: ", ")))
                    WHERE process_line.process_id = ?
                    """), arguments: [process])
        return Self.bounded(count)
    }

    /// The loads by a process at an extent of addresses, up to the library `newest`: `Int64.max` for all.
    func loads(
        at extent: (start: Int64, end: Int64), in process: Int64, upTo newest: Int64
    ) throws -> Int {
        let place = "WHERE process_id = ? AND start_address = ? AND end_address = ?"
        if hasDigest, newest == .max,
            let count = try Double.fetchOne(
                database.cachedStatement(sql: "SELECT loads FROM main.digest_extent \(place)"),
                arguments: [process, extent.start, extent.end])
        {
            return Self.bounded(count)
        }
        return try Int.fetchOne(
            database.cachedStatement(sql: "SELECT COUNT(*) FROM library \(place) AND id <= ?"),
            arguments: [process, extent.start, extent.end, newest]) ?? 0
    }

    /// A digest comes with the file, and may say anything.
    private static func bounded(_ count: Double?) -> Int {
        Int(max(0, min(count ?? 0, 1e15)))
    }
}
