// SPDX-License-Identifier: Apache-2.0

package import DLTraceWire
package import GRDB

/// Stores what decoders yield: the only thing that writes a trace.
///
/// Everything it knows of the streams it can read back from the database, so that another run, or another
/// process, goes on where this one stopped. Its methods may be called from any thread; each is one
/// transaction.
package final class TraceWriter: Sendable {
    /// All of it is touched on the queue only.
    final class State: @unchecked Sendable {
        var facts: FactWriter?
        var ingest: Ingest?
        /// What the database's was when the caches were right; nil: they are not.
        var dataVersion: Int64?
        /// More than the size that was asked for, if that can't be had.
        var neededBytes: UInt64 = 0
        var brokenCounts: [String: Int] = [:]
    }

    private static let busySeconds = 10.0
    private static let brokenPerSource = 1000
    private static let sourcesMax = 4096

    /// The database's path.
    package let path: String
    let queue: DatabaseQueue
    let state = State()

    /// Opens the database of a path, or makes it, readable for its owner only.
    ///
    /// - Throws: `StoreError`, also for what is not a dltrace database or that of another version.
    package convenience init(path: String) throws {
        try self.init(path: path, limits: Ingest.Limits())
    }

    init(path: String, limits: Ingest.Limits) throws {
        self.path = path
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.foreignKeysEnabled = true
        configuration.label = "dltrace.writer"
        do {
            try DatabaseFile.create(path)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { try Self.prepare($0, path: path) }
            let state = state
            try queue.inDatabase { database in
                let facts = try FactWriter(database)
                let ingest = Ingest(facts, limits: limits)
                ingest.onRefusal = { header, reason in
                    try Self.addBroken(
                        source: "stream " + String(header.stream, radix: 16), offset: 0, skipped: 0,
                        reason: reason, stream: header.stream, database, state)
                }
                state.facts = facts
                state.ingest = ingest
                state.dataVersion = try Self.dataVersion(database)
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private static func prepare(_ database: Database, path: String) throws {
        if try !DatabaseFile.check(database, path: path) {
            // Of no effect once there is a table: pages that are pruned can be given back one by one.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.inTransaction(.immediate) {
                // Another process may have been faster.
                if try !DatabaseFile.check(database, path: path) {
                    try database.execute(
                        sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
                }
                return .commit
            }
        }
        try database.execute(
            sql: """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA temp_store = MEMORY;
                PRAGMA trusted_schema = OFF;
                PRAGMA ignore_check_constraints = ON;
                PRAGMA cache_size = -16384;
                PRAGMA journal_size_limit = 16777216;
                """)
        if try !database.tableExists("pruned") {
            try database.execute(sql: DatabaseFile.prunedTable)
        }
    }

    // MARK: - Writing

    /// Stores records, in one transaction.
    ///
    /// They may be out of order, and may have been stored before. After an error nothing of them is
    /// stored, and they may be passed again.
    /// - Throws: `StoreError`.
    package func append(_ records: [DLTraceWire.Record]) throws {
        guard !records.isEmpty else { return }
        try transaction { _, ingest in try ingest.take(records) }
    }

    /// Stores that bytes of a source, a pipe's or spill file's path, were no record.
    ///
    /// Only the first thousand of a source are stored, each once, however often the source is read.
    /// - Throws: `StoreError`.
    package func append(broken input: BrokenInput, source: String) throws {
        let state = state
        let isKnown = queue.inDatabase { _ in
            state.brokenCounts[source, default: 0] >= Self.brokenPerSource
        }
        guard !isKnown else { return }
        try transaction { database, _ in
            try Self.addBroken(
                source: source, offset: input.offset, skipped: input.skipped,
                reason: input.reason.description, stream: input.stream, database, state)
        }
    }

    /// Stores that a process image ended, once for each witness.
    ///
    /// What came of it out of order is stored first: nothing can come in between any more.
    /// - Returns: false where nothing is known of the stream.
    /// - Throws: `StoreError`.
    @discardableResult
    package func noteEnd(
        stream: UInt64, witness: EndWitness, status: Int32? = nil, signal: Int32? = nil,
        coreDumped: Bool? = nil
    ) throws -> Bool {
        try transaction { database, ingest in
            guard let process = try ingest.settledProcess(stream: stream) else { return false }
            try ProcessTable(database).addEnd(
                process: process, witness: witness, status: status, signal: signal,
                coreDumped: coreDumped, unixNs: Clock.unix())
            return true
        }
    }

    /// Stores that the newest process image of a pid ended, where the stream is not known.
    ///
    /// - Returns: false where nothing is known of the pid.
    /// - Throws: `StoreError`.
    @discardableResult
    package func noteEnd(
        pid: UInt32, witness: EndWitness, status: Int32? = nil, signal: Int32? = nil,
        coreDumped: Bool? = nil
    ) throws -> Bool {
        try transaction { database, _ in
            let processes = try ProcessTable(database)
            guard let process = try processes.newest(pid: pid) else { return false }
            try processes.addEnd(
                process: process, witness: witness, status: status, signal: signal,
                coreDumped: coreDumped, unixNs: Clock.unix())
            return true
        }
    }

    /// Stores what has waited too long for records that did not come; for times when none come.
    ///
    /// - Throws: `StoreError`.
    package func passStale() throws {
        try transaction { _, ingest in try ingest.passStale() }
    }

    /// Whether records wait for others that came before them.
    package var isWaiting: Bool {
        let state = state
        return queue.inDatabase { _ in state.ingest?.isWaiting ?? false }
    }

    /// Writes other facts than records, such as symbols, in one transaction.
    ///
    /// - Throws: what the body throws, and `StoreError`.
    package func write<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) throws -> Value {
        try transaction { database, _ in try body(database) }
    }

    /// Stores what waits, notes what is missing, makes the indexes, and closes the database: one file,
    /// out of WAL unless others read it at the moment.
    ///
    /// - Parameter makingIndexes: not where somebody else records into it, who makes them at the end.
    /// - Throws: `StoreError`; the database is closed then, too.
    package func finish(makingIndexes: Bool = true) throws {
        defer { close() }
        try transaction { _, ingest in try ingest.settleAll() }
        do {
            let state = state
            try queue.inDatabase { database in
                state.facts = nil
                state.ingest = nil
                // Whoever asks first makes them, if there is no room for them now.
                if makingIndexes { try? TraceIndexes.make(in: database) }
                try Self.leaveWAL(database)
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    private static func leaveWAL(_ database: Database) throws {
        do {
            try database.execute(
                sql: """
                    PRAGMA busy_timeout = 1000;
                    PRAGMA wal_checkpoint(TRUNCATE);
                    PRAGMA journal_mode = DELETE;
                    """)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            // Somebody reads: the last one to close the database checkpoints it.
        }
    }

    private func close() {
        let state = state
        queue.inDatabase { _ in
            state.ingest = nil
            state.facts = nil
        }
        try? queue.close()
    }

    // MARK: - Transactions

    private func transaction<Value>(
        _ body: (Database, Ingest) throws -> Value
    ) throws -> Value {
        do {
            return try queue.inDatabase { database in
                guard let ingest = state.ingest else {
                    throw StoreError(.closed, path: path, reason: "the trace was finished")
                }
                var result: Value?
                do {
                    try database.inTransaction(.immediate) {
                        let version = try Self.dataVersion(database)
                        if version != state.dataVersion {
                            state.dataVersion = version
                            ingest.databaseChanged()
                        }
                        result = try body(database, ingest)
                        return .commit
                    }
                } catch {
                    ingest.rolledBack()
                    throw error
                }
                ingest.committed()
                guard let result else { throw DatabaseError(message: "no result") }
                return result
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Changes when others commit.
    private static func dataVersion(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    }

    private static func addBroken(
        source: String, offset: UInt64, skipped: UInt64, reason: String, stream: UInt64?,
        _ database: Database, _ state: State
    ) throws {
        let known = state.brokenCounts[source]
        if known == nil, state.brokenCounts.count >= sourcesMax { state.brokenCounts.removeAll() }
        state.brokenCounts[source] = (known ?? 0) + 1
        guard (known ?? 0) < brokenPerSource else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO broken_input (source, offset_bytes, skipped_bytes, reason, stream)
                SELECT ?1, ?2, ?3, ?4, ?5
                WHERE NOT EXISTS (
                    SELECT 1 FROM broken_input
                    WHERE source = ?1 AND offset_bytes = ?2 AND skipped_bytes = ?3 AND reason = ?4
                )
                """
        ).execute(arguments: [
            source.replacing("\0", with: "\u{FFFD}"), Int64(clamping: offset),
            Int64(clamping: skipped), reason, stream.map { Int64(bitPattern: $0) },
        ])
    }
}
