// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// Brings the records of each stream into order, drops what is stored already, and has the rest stored.
///
/// Records of one stream come slightly out of order, because threads write at the same time; a forked
/// child's may come before its parent's. What came too early waits, in bounded memory and time. It runs
/// inside the transactions of its caller, on the connection's queue.
final class Ingest {
    /// How much may wait, and how long.
    struct Limits {
        var recordsOfStream = 16_384
        var bytes = 24 << 20
        var patienceNs: UInt64 = 2_000_000_000
        /// A seq that is further ahead than this is a forgery.
        var seqAhead: UInt64 = 1 << 32
        /// After so many broken inputs only the first one of each source is stored.
        var brokenInputs = TraceWriter.brokenMax
    }

    private static let orphansMax = 4096

    private let facts: FactWriter
    private let limits: Limits
    private let streams: StreamTable
    private var waitingStreams: [UInt64: StreamState] = [:]
    private var waitingBytes = 0
    /// Children by the parent stream that they wait for.
    private var awaiting: [UInt64: [StreamState]] = [:]
    /// Streams of children by their parent's stream, which was not known when they began.
    private var orphans: [UInt64: [UInt64]] = [:]
    private var orphanCount = 0
    private var runnable: [StreamState] = []
    /// What this transaction took out of what waits.
    private var taken: [(state: StreamState, record: Record)] = []

    /// Called with what is wrong with a record that can't be stored.
    var onRefusal: (RecordHeader, String) throws -> Void = { _, _ in }

    init(_ facts: FactWriter, limits: Limits = Limits()) {
        self.facts = facts
        self.limits = limits
        streams = StreamTable(facts)
    }

    // MARK: - Transactions

    /// Others wrote to the database.
    func databaseChanged() {
        facts.clearCaches()
        streams.markStale()
    }

    /// What was done since the last commit is undone.
    func rolledBack() {
        facts.rolledBack()
        streams.rolledBack()
        for (state, record) in taken { wait(state, record) }
        taken.removeAll()
        for state in waitingStreams.values { state.awaitedParent = nil }
        awaiting.removeAll()
        runnable = Array(waitingStreams.values)
    }

    /// The transaction is about to end.
    func flush() throws {
        try facts.events.flush()
    }

    /// What was done is safe.
    func committed() {
        streams.committed()
        taken.removeAll(keepingCapacity: true)
    }

    // MARK: - Records

    /// Takes records in.
    func take(_ records: [Record]) throws {
        for state in streams.trim() { try pass(state) }
        for record in records { try take(record) }
        try passStale()
    }

    private func take(_ record: Record) throws {
        let header = record.header
        let state = try streams.find(header.stream, pid: header.pid)
        guard !state.stored.isRemoved else { return }
        guard state.pid == header.pid else {
            let reason = "record \(header.seq) claims pid \(header.pid), not \(state.pid)"
            return try onRefusal(header, reason)
        }
        guard header.seq > state.stored.through else { return try takeLate(record, state) }
        guard header.seq - state.stored.through <= limits.seqAhead, header.seq <= UInt64(Int64.max)
        else {
            return try onRefusal(
                header,
                "pid \(header.pid)'s record \(header.seq) can't follow record \(state.stored.through)"
            )
        }
        if state.waiting.isEmpty, header.seq == state.stored.through + 1, try isReady(record, state)
        {
            try deliver(record, state)
            state.stored.through = header.seq
            wake(state)
        } else {
            wait(state, record)
            try drain(state)
        }
        try drainRunnable()
        while waitingBytes > limits.bytes, let state = longestWaiting() { try pass(state) }
        if state.waiting.count > limits.recordsOfStream { try pass(state) }
    }

    private func takeLate(_ record: Record, _ state: StreamState) throws {
        guard state.stored.hasGaps, let process = state.stored.process,
            try facts.events.fillGap(process: process, seq: record.header.seq)
        else { return }
        try deliver(record, state)
    }

    // MARK: - Waiting

    /// The streams of which something waits.
    var waitingNow: Set<UInt64> { Set(waitingStreams.keys) }

    private func wait(_ state: StreamState, _ record: Record) {
        guard state.waiting.insert(record) else { return }
        waitingBytes += record.footprint
        if waitingStreams.updateValue(state, forKey: state.stream) == nil {
            state.waitingSince = Clock.now()
        }
    }

    private func removeFirstWaiting(_ state: StreamState) {
        guard let record = state.waiting.removeFirst() else { return }
        waitingBytes -= record.footprint
        taken.append((state, record))
        if state.waiting.isEmpty {
            waitingStreams[state.stream] = nil
        } else {
            state.waitingSince = Clock.now()
        }
    }

    /// What waits is of a process that was pruned.
    private func discardWaiting(_ state: StreamState) {
        while !state.waiting.isEmpty { removeFirstWaiting(state) }
    }

    /// Stores what waited and is next now.
    private func drain(_ state: StreamState) throws {
        try streams.bringUpToDate(state)
        if state.stored.isRemoved { return discardWaiting(state) }
        while let record = state.waiting.first, record.header.seq <= state.stored.through + 1 {
            if record.header.seq <= state.stored.through {
                removeFirstWaiting(state)
                try takeLate(record, state)
                continue
            }
            guard try isReady(record, state) else { return }
            removeFirstWaiting(state)
            try deliver(record, state)
            state.stored.through = record.header.seq
            wake(state)
        }
    }

    /// Whether a record that is next can be stored: a forked child begins with what its parent had.
    private func isReady(_ record: Record, _ state: StreamState) throws -> Bool {
        guard case .hello(let hello) = record.body, hello.parentStream != 0,
            hello.parentStream != state.stream, !state.goesWithoutParent
        else { return true }
        // As long as the parent has not come further, there is no need to ask again.
        guard state.awaitedParent == nil else { return false }
        if let parent = try streams.known(hello.parentStream),
            parent.stored.through >= hello.parentSeq
        {
            return true
        }
        state.awaitedParent = hello.parentStream
        awaiting[hello.parentStream, default: []].append(state)
        return false
    }

    /// Lets those go on that waited for this stream.
    private func wake(_ state: StreamState) {
        guard !awaiting.isEmpty, let children = awaiting.removeValue(forKey: state.stream) else {
            return
        }
        for child in children { child.awaitedParent = nil }
        runnable += children
    }

    private func drainRunnable() throws {
        while let state = runnable.popLast() { try drain(state) }
    }

    // MARK: - Passing over

    /// Goes on without what the first waiting record of a stream waits for.
    private func pass(_ state: StreamState) throws {
        try streams.bringUpToDate(state)
        if state.stored.isRemoved { discardWaiting(state) }
        guard let first = state.waiting.first else { return }
        if let parent = state.awaitedParent {
            state.awaitedParent = nil
            state.goesWithoutParent = true
            awaiting[parent]?.removeAll { $0 === state }
            if awaiting[parent]?.isEmpty == true { awaiting[parent] = nil }
        } else if first.header.seq > state.stored.through + 1 {
            let process = try process(state)
            try facts.events.addGap(
                process: process, (state.stored.through + 1)...(first.header.seq - 1))
            state.stored.hasGaps = true
            state.stored.through = first.header.seq - 1
            wake(state)
        }
        try drain(state)
        try drainRunnable()
    }

    /// Passes over what did not come in time.
    func passStale() throws {
        guard !waitingStreams.isEmpty else { return }
        let now = Clock.now()
        for state in waitingStreams.values
        where now &- state.waitingSince > limits.patienceNs { try pass(state) }
    }

    /// Passes over what a stream waits for, but for its parent.
    func settle(_ state: StreamState) throws {
        while state.awaitedParent == nil, !state.waiting.isEmpty { try pass(state) }
    }

    /// Passes over all that is waited for, parents before their children.
    func settleAll() throws {
        while !waitingStreams.isEmpty {
            let states = waitingStreams.values.sorted { $0.stream < $1.stream }
            let isFree = { (state: StreamState) in state.awaitedParent == nil }
            let isHeldByNobody = { [waitingStreams] (state: StreamState) in
                state.awaitedParent.map { waitingStreams[$0] == nil } ?? true
            }
            if states.contains(where: isFree) {
                for state in states where isFree(state) { try settle(state) }
            } else if let state = states.first(where: isHeldByNobody) ?? states.first {
                try pass(state)
            }
        }
    }

    private func longestWaiting() -> StreamState? {
        waitingStreams.values.max { $0.waiting.count < $1.waiting.count }
    }

    // MARK: - Storing

    /// A stream's process, also where its first records did not come.
    private func process(_ state: StreamState) throws -> Int64 {
        if let process = state.stored.process { return process }
        guard let process = try facts.processes.add(stream: state.stream, pid: state.pid) else {
            throw DatabaseError(message: "no number for a new process")
        }
        state.stored.process = process
        if let children = orphans.removeValue(forKey: state.stream) {
            orphanCount -= children.count
            try facts.processes.link(children: children, to: process)
        }
        return process
    }

    private func deliver(_ record: Record, _ state: StreamState) throws {
        let process = try process(state)
        if case .hello(let hello) = record.body {
            try begin(process, hello, record.header, state)
        }
        try facts.add(record, process: process, state)
    }

    private func begin(
        _ process: Int64, _ hello: Record.Hello, _ header: RecordHeader, _ state: StreamState
    ) throws {
        state.stored.clockOffset =
            Int64(bitPattern: hello.realtimeNs) &- Int64(bitPattern: header.timeNs)
        let parent =
            hello.parentStream == 0 || hello.parentStream == state.stream
            ? nil : try streams.known(hello.parentStream)
        if let parent, let parentProcess = parent.stored.process {
            let inherited =
                try parent.stored.libraries.asOf(hello.parentSeq)
                ?? facts.libraries(of: parentProcess, asOf: hello.parentSeq)
            state.stored.libraries.inherit(inherited)
        } else if hello.parentStream != 0, orphanCount < Self.orphansMax {
            orphans[hello.parentStream, default: []].append(state.stream)
            orphanCount += 1
        }
        try facts.processes.describe(
            process: process, hello, header: header, parent: parent?.stored.process)
    }

    // MARK: - Ends

    /// Stores the end of a stream's process, once for each witness. What came of it out of order is stored
    /// first: nothing can come in between any more.
    ///
    /// - Returns: false where nothing is known of the stream.
    @discardableResult
    func addEnd(
        stream: UInt64, _ witness: EndWitness, status: Int32? = nil, signal: Int32? = nil,
        coreDumped: Bool? = nil
    ) throws -> Bool {
        guard let state = try streams.known(stream), !state.stored.isRemoved else { return false }
        try settle(state)
        // Of a child that waits for its parent nothing may be stored yet.
        guard state.stored.process != nil || !state.waiting.isEmpty else { return false }
        try facts.processes.addEnd(
            process: try process(state), witness: witness, status: status, signal: signal,
            coreDumped: coreDumped, unixNs: Clock.unix())
        return true
    }
}
