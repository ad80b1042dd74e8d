// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The tables process and process_end.
final class ProcessTable {
    /// A row of process.
    struct Known {
        let id: Int64
        let pid: UInt32
        let parent: Int64?
        let parentSeq: UInt64
        let clockOffset: Int64?
    }

    private let database: Database
    private let selectProcess: FactStatement
    private let insertProcess: FactStatement
    private let selectRemoved: FactStatement

    init(_ database: Database) throws {
        self.database = database
        selectProcess = try FactStatement(
            database,
            """
            SELECT id, pid, parent_id, parent_seq, started_unix_ns - started_ns FROM process
            WHERE stream = ?
            """)
        selectRemoved = try FactStatement(
            database, "SELECT 1 FROM pruned WHERE stream = ? AND process_id IS NULL")
        insertProcess = try FactStatement(
            database, "INSERT INTO process (stream, pid) VALUES (?, ?)")
    }

    func find(stream: UInt64) throws -> Known? {
        selectProcess.bind(1, stream)
        guard let row = try selectProcess.firstRow(columns: 5), let id = row[0], let pid = row[1]
        else { return nil }
        return Known(
            id: id, pid: UInt32(truncatingIfNeeded: pid), parent: row[2],
            parentSeq: UInt64(max(row[3] ?? 0, 0)), clockOffset: row[4])
    }

    func add(stream: UInt64, pid: UInt32) throws -> Int64? {
        insertProcess.bind(1, stream)
        insertProcess.bind(2, Int64(pid))
        return try insertProcess.insert()
    }

    /// Whether a process was pruned: what comes of it once more is not to be stored.
    func wasRemoved(stream: UInt64) throws -> Bool {
        selectRemoved.bind(1, stream)
        return try selectRemoved.firstNumber() != nil
    }

    /// Stores what a process says of itself at its start.
    func describe(
        process: Int64, _ hello: Record.Hello, header: RecordHeader, parent: Int64?
    ) throws {
        let isForked = hello.parentStream != 0
        try database.cachedStatement(
            sql: """
                UPDATE process
                SET ppid = ?, parent_id = ?, parent_seq = ?, executable = ?, arguments = ?,
                    interposer_version = ?, hello_flags = ?, started_unix_ns = ?, started_ns = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            Int64(hello.ppid),
            parent,
            isForked ? Int64(clamping: hello.parentSeq) : nil,
            hello.executable.description.replacing("\0", with: "\u{FFFD}"),
            try JSONText.array(hello.arguments.map(\.description)),
            hello.interposerVersion.description.replacing("\0", with: "\u{FFFD}"),
            Int64(hello.flags),
            Int64(bitPattern: hello.realtimeNs),
            Int64(bitPattern: header.timeNs),
            process,
        ])
    }

    /// Links forked children to a parent that was not known when they began.
    func link(children: [UInt64], to parent: Int64) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE process
                SET parent_id = ?1
                WHERE stream = ?2 AND parent_id IS NULL AND id <> ?1
                """)
        for child in children {
            try statement.execute(arguments: [parent, Int64(bitPattern: child)])
        }
    }

    /// Stores an end, once for each witness.
    func addEnd(
        process: Int64, witness: EndWitness, status: Int32?, signal: Int32?, coreDumped: Bool?,
        unixNs: Int64
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO process_end (
                    process_id, witness, status, signal, core_dumped, ended_unix_ns
                )
                SELECT ?1, ?2, ?3, ?4, ?5, ?6
                WHERE NOT EXISTS (
                    SELECT 1 FROM process_end WHERE process_id = ?1 AND witness = ?2
                )
                """
        ).execute(arguments: [
            process, witness.rawValue, status.map { Int64($0) }, signal.map { Int64($0) },
            coreDumped,
            unixNs,
        ])
    }

    /// The newest process of a pid of which no end is known; else the newest.
    func newest(pid: UInt32) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT id FROM process
                    WHERE pid = ?
                    ORDER BY
                        EXISTS (SELECT 1 FROM process_end WHERE process_id = process.id),
                        id DESC
                    LIMIT 1
                    """),
            arguments: [Int64(pid)])
    }
}
