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
        var broken = BrokenCounts()
        let brokenMax: Int

        init(brokenMax: Int) {
            self.brokenMax = brokenMax
        }
    }

    /// How many broken inputs there were of each source, and how many were stored.
    struct BrokenCounts {
        var ofSource: [String: Int] = [:]
        var stored = 0
    }

    private static let busySeconds = 10.0
    /// Of a source so many broken inputs are stored.
    package static let brokenPerSource = 1000
    /// After so many in one recording, of each further source only the first one.
    package static let brokenMax = 1 << 16
    private static let sourcesMax = 4096

    /// The database's path.
    package let path: String
    let queue: DatabaseQueue
    let state: State

    /// Opens the database of a path, or makes it, readable for its owner only.
    ///
    /// - Throws: `StoreError`, also for what is not a dltrace database or that of another version.
    package convenience init(path: String) throws {
        try self.init(path: path, limits: Ingest.Limits())
    }

    init(path: String, limits: Ingest.Limits) throws {
        self.path = path
        state = State(brokenMax: limits.brokenInputs)
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busySeconds)
        // Every row refers to one that was found or made in the same transaction. Checking that again
        // would cost a sixth of the time.
        configuration.foreignKeysEnabled = false
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
                PRAGMA trusted_schema = OFF;
                PRAGMA ignore_check_constraints = ON;
                PRAGMA cache_size = -16384;
                PRAGMA wal_autocheckpoint = 4000;
                PRAGMA journal_size_limit = 16777216;
                """)
        if try !database.tableExists("pruned") {
            try database.execute(sql: DatabaseFile.prunedTable)
        }
        // What is stored of broken input is looked for each time there is more, by somebody who may make much.
        try database.execute(
            sql: """
                CREATE INDEX IF NOT EXISTS broken_input_place ON broken_input (source, offset_bytes)
                """)
        try DigestMaker.invalidate(in: database)
    }

    // MARK: - Writing

    /// Stores a batch, in one transaction.
    ///
    /// Of a source only the first thousand broken inputs are stored, or, of very many sources, the first
    /// one, each once, however often the source is read. After an error nothing of the batch is stored, and
    /// it may be passed again.
    /// - Throws: `StoreError`.
    package func append(_ batch: TraceBatch) throws {
        guard !batch.isEmpty else { return }
        let state = state
        try transaction { database, ingest in
            if !batch.records.isEmpty { try ingest.take(batch.records) }
            for broken in batch.broken {
                let input = broken.input
                try Self.addBroken(
                    source: broken.source, offset: input.offset, skipped: input.skipped,
                    reason: Self.reason(input), stream: input.stream, database, state)
            }
            for end in batch.ends { try ingest.addEnd(stream: end.stream, end.witness) }
        }
    }

    /// Stores that bytes of a source were no record.
    ///
    /// - Throws: `StoreError`.
    package func append(broken input: BrokenInput, source: String) throws {
        var batch = TraceBatch()
        batch.add(input, of: source)
        try append(batch)
    }

    /// Stores records, in one transaction.
    ///
    /// - Throws: `StoreError`.
    package func append(_ records: [DLTraceWire.Record]) throws {
        var batch = TraceBatch()
        batch.records = records
        try append(batch)
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
        try transaction { _, ingest in
            try ingest.addEnd(
                stream: stream, witness, status: status, signal: signal, coreDumped: coreDumped)
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

    /// The streams of which records wait, in memory, for others that came before them.
    package var waitingStreams: Set<UInt64> {
        let state = state
        return queue.inDatabase { _ in state.ingest?.waitingNow ?? [] }
    }

    /// Writes other facts than records, such as symbols, in one transaction.
    ///
    /// - Throws: what the body throws, and `StoreError`.
    package func write<Value: Sendable>(
        _ body: @Sendable (Database) throws -> Value
    ) throws -> Value {
        // Only for the rows made here can it be told that what they refer to is there.
        try setForeignKeys(true)
        defer { try? setForeignKeys(false) }
        return try transaction { database, _ in try body(database) }
    }

    private func setForeignKeys(_ isOn: Bool) throws {
        do {
            try queue.inDatabase { try $0.execute(sql: "PRAGMA foreign_keys = \(isOn ? 1 : 0)") }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Stores what waits, notes what is missing, makes the indexes, and closes the database: one file,
    /// out of WAL unless others read it at the moment.
    ///
    /// - Parameters:
    ///   - makingIndexes: not where somebody else records into it, who makes them at the end.
    ///   - isAbandoned: whether to leave the indexes to whoever asks first; asked again and again.
    ///   - progress: called with the number of indexes that are made, and how many there are.
    /// - Throws: `StoreError`; the database is closed then, too.
    package func finish(
        makingIndexes: Bool = true, unless isAbandoned: @escaping () -> Bool = { false },
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws {
        defer { close() }
        try transaction { _, ingest in try ingest.settleAll() }
        do {
            let state = state
            try queue.inDatabase { database in
                state.facts = nil
                state.ingest = nil
                // Before the indexes, which would all be written twice.
                try Self.leaveWAL(database)
                // Whoever asks first makes them, if there is no room for them now.
                if makingIndexes {
                    try? TraceIndexes.make(in: database, unless: isAbandoned, progress: progress)
                }
                try Self.truncateWAL(database)
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Makes the database one file. Where somebody reads it, the last one to close it does.
    private static func leaveWAL(_ database: Database) throws {
        try unlessBusy {
            try database.execute(sql: "PRAGMA busy_timeout = 1000")
            try truncateWAL(database)
            try database.execute(sql: "PRAGMA journal_mode = DELETE")
        }
    }

    /// Takes what is in the WAL, if there is one, into the database.
    private static func truncateWAL(_ database: Database) throws {
        try unlessBusy { try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    private static func unlessBusy(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
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
                let broken = state.broken
                do {
                    try database.inTransaction(.immediate) {
                        let version = try Self.dataVersion(database)
                        if version != state.dataVersion {
                            state.dataVersion = version
                            ingest.databaseChanged()
                        }
                        result = try body(database, ingest)
                        try ingest.flush()
                        return .commit
                    }
                } catch {
                    ingest.rolledBack()
                    state.broken = broken
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

    /// What is wrong with an input, and whose it claims to be: its stream may be that of no process.
    private static func reason(_ input: BrokenInput) -> String {
        input.reason.description + (input.pid.map { "; it claims to be of pid \($0)" } ?? "")
    }

    private static func addBroken(
        source: String, offset: UInt64, skipped: UInt64, reason: String, stream: UInt64?,
        _ database: Database, _ state: State
    ) throws {
        let known = state.broken.ofSource[source]
        if known == nil, state.broken.ofSource.count >= sourcesMax {
            state.broken.ofSource.removeAll()
        }
        state.broken.ofSource[source] = (known ?? 0) + 1
        let most = state.broken.stored < state.brokenMax ? brokenPerSource : 1
        guard (known ?? 0) < most else { return }
        state.broken.stored += 1
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
