// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

/// What a database holds, for expectations.
struct Trace {
    private let database: TraceDatabase

    init(_ path: String) throws {
        database = try TraceDatabase(path: path)
    }

    /// The first column of a query's first row.
    func number(_ sql: String) throws -> Int64? {
        try database.read { try Int64.fetchOne($0, sql: sql) }
    }

    /// The first column of a query.
    func texts(_ sql: String) throws -> [String] {
        try database.read { try String.fetchAll($0, sql: sql) }
    }

    /// How many events of a process image there are.
    func events(of stream: UInt64) throws -> Int64 {
        try number(
            """
            SELECT COUNT(*) FROM event JOIN process ON process.id = event.process_id
            WHERE process.stream = \(Int64(bitPattern: stream))
            """) ?? 0
    }

    /// Who told of the end of a process image.
    func witnesses(of stream: UInt64) throws -> [String] {
        try texts(
            """
            SELECT witness FROM process_end JOIN process ON process.id = process_end.process_id
            WHERE process.stream = \(Int64(bitPattern: stream)) ORDER BY process_end.id
            """)
    }
}
