// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The streams that records came from lately, in bounded memory: what it drops, the database has.
final class StreamTable {
    private static let streamsMax = 4096
    private static let librariesMax = 200_000

    private let facts: FactWriter
    private var states: [UInt64: StreamState] = [:]
    private var last: StreamState?
    private var uses: UInt64 = 0
    /// Those that the transaction may have changed.
    private var changing: [StreamState] = []

    init(_ facts: FactWriter) {
        self.facts = facts
    }

    /// The stream's state, up to date with the database; nil where neither knows it.
    func known(_ stream: UInt64) throws -> StreamState? {
        if let last, last.stream == stream, last.committed != nil, !last.isStale { return last }
        if let state = states[stream] {
            try bringUpToDate(state)
            use(state)
            return state
        }
        guard let row = try facts.processes.find(stream: stream) else { return nil }
        let state = StreamState(stream: stream, pid: row.pid)
        try load(row, into: state)
        enter(state)
        return state
    }

    /// The stream's state, which is made where nobody knows it.
    func find(_ stream: UInt64, pid: UInt32) throws -> StreamState {
        if let known = try known(stream) { return known }
        let state = StreamState(stream: stream, pid: pid)
        state.stored.isRemoved = try facts.processes.wasRemoved(stream: stream)
        enter(state)
        return state
    }

    private func enter(_ state: StreamState) {
        states[state.stream] = state
        use(state)
        remember(state)
    }

    // MARK: - Transactions

    /// From now on the database may say otherwise.
    func markStale() {
        for state in states.values { state.isStale = true }
    }

    /// What was done since the last commit is undone.
    func rolledBack() {
        for state in changing {
            if let committed = state.committed { state.stored = committed }
            state.committed = nil
        }
        changing.removeAll()
    }

    /// What was done is safe.
    func committed() {
        for state in changing { state.committed = nil }
        changing.removeAll(keepingCapacity: changing.count < Self.streamsMax)
    }

    /// Notes what the database has of the stream before the transaction changes it.
    private func remember(_ state: StreamState) {
        guard state.committed == nil else { return }
        state.committed = state.stored
        changing.append(state)
    }

    /// Drops streams that were not used lately where there are more than memory is meant for. To be called
    /// before a transaction changes any.
    ///
    /// - Returns: those that could not be dropped, because records of theirs wait, although they should.
    func trim() -> [StreamState] {
        let libraries = states.values.reduce(0) { $0 + $1.stored.libraries.count }
        guard states.count > Self.streamsMax || libraries > Self.librariesMax else { return [] }
        last = nil
        let oldest = states.values
            .sorted { $0.isLessUseful(than: $1) }
            .prefix((states.count + 1) / 2)
        for state in oldest where state.waiting.isEmpty { states[state.stream] = nil }
        return oldest.filter { !$0.waiting.isEmpty }
    }

    private func use(_ state: StreamState) {
        uses &+= 1
        state.lastUse = uses
        last = state
    }

    // MARK: - The database

    /// Asks the database again where others wrote to it.
    func bringUpToDate(_ state: StreamState) throws {
        defer { remember(state) }
        guard state.isStale else { return }
        state.isStale = false
        guard let row = try facts.processes.find(stream: state.stream) else {
            state.stored = StreamState.Stored()
            state.stored.isRemoved = try facts.processes.wasRemoved(stream: state.stream)
            return
        }
        let extent = try facts.events.extent(process: row.id)
        if row.id == state.stored.process, extent.through == state.stored.through {
            state.stored.hasGaps = extent.hasGaps
            state.stored.libraries.forgetDepartures(upTo: extent.pruned)
            return
        }
        try load(row, into: state)
    }

    private func load(_ row: ProcessTable.Known, into state: StreamState) throws {
        let extent = try facts.events.extent(process: row.id)
        state.pid = row.pid
        state.stored = StreamState.Stored(
            process: row.id, through: extent.through, hasGaps: extent.hasGaps,
            hasBye: extent.hasBye, clockOffset: row.clockOffset,
            libraries: try facts.libraries(of: row.id, asOf: extent.through))
    }
}
