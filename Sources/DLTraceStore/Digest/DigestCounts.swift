// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Counts the loads of processes, by file and by place.
enum DigestCounts {
    /// Fewer are counted by index when somebody asks.
    static let few = 64

    /// Adds the counts of some processes to the digest of the database.
    static func add(_ processes: [Int64], in database: Database) throws {
        for (table, columns) in [
            ("digest_file", "binary_id"), ("digest_extent", "start_address, end_address"),
        ] {
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO main.\(table)
                    SELECT process_id, \(columns), COUNT(*)
                    FROM library
                    WHERE process_id = ?
                    GROUP BY \(columns)
                    HAVING COUNT(*) >= \(few)
                    """)
            for process in processes { try insert.execute(arguments: [process]) }
        }
    }
}
