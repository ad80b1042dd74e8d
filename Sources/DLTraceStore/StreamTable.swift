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

    init(_ facts: FactWriter) {
        self.facts = facts
    }

    /// The stream's state, up to date with the database; nil where neither knows it.
    func known(_ stream: UInt64) throws -> StreamState? {
        if let last, last.stream == stream, !last.isStale { return last }
        if let state = states[stream] {
            try bringUpToDate(state)
            use(state)
            return state
        }
        guard let row = try facts.processes.find(stream: stream) else { return nil }
        let state = StreamState(stream: stream, pid: row.pid)
        try load(row, into: state)
        states[stream] = state
        use(state)
        return state
    }

    /// The stream's state, which is made where nobody knows it.
    func find(_ stream: UInt64, pid: UInt32) throws -> StreamState {
        if let known = try known(stream) { return known }
        let state = StreamState(stream: stream, pid: pid)
        state.isRemoved = try facts.processes.wasRemoved(stream: stream)
        states[stream] = state
        use(state)
        return state
    }

    /// From now on the database may say otherwise.
    ///
    /// - Parameter isWrong: what is known here was never committed.
    func markStale(isWrong: Bool = false) {
        for state in states.values {
            state.isStale = true
            if isWrong { state.process = nil }
        }
    }

    /// Drops streams that were not used lately where there are more than memory is meant for.
    ///
    /// - Returns: those that could not be dropped, because records of theirs wait, although they should.
    func trim() -> [StreamState] {
        let libraries = states.values.reduce(0) { $0 + $1.libraries.count }
        guard states.count > Self.streamsMax || libraries > Self.librariesMax else { return [] }
        last = nil
        let oldest = states.values
            .sorted { ($0.hasBye ? 0 : 1, $0.lastUse) < ($1.hasBye ? 0 : 1, $1.lastUse) }
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

    /// Asks the database again where others wrote to it, or it was rolled back.
    func bringUpToDate(_ state: StreamState) throws {
        guard state.isStale else { return }
        state.isStale = false
        guard let row = try facts.processes.find(stream: state.stream) else {
            state.process = nil
            state.through = 0
            state.hasGaps = false
            state.hasBye = false
            state.clockOffset = nil
            state.libraries = LiveLibraries()
            state.isRemoved = try facts.processes.wasRemoved(stream: state.stream)
            return
        }
        let extent = try facts.events.extent(process: row.id)
        if row.id == state.process, extent.through == state.through {
            state.hasGaps = extent.hasGaps
            state.libraries.forgetDepartures(upTo: extent.pruned)
            return
        }
        try load(row, into: state)
    }

    private func load(_ row: ProcessTable.Known, into state: StreamState) throws {
        let extent = try facts.events.extent(process: row.id)
        state.pid = row.pid
        state.process = row.id
        state.through = extent.through
        state.hasGaps = extent.hasGaps
        state.hasBye = extent.hasBye
        state.clockOffset = row.clockOffset
        state.libraries = try LibraryHistory.libraries(
            of: row.id, asOf: extent.through, in: facts.database)
    }
}
