// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// What the writer knows of one stream while its records come.
final class StreamState {
    /// What follows from the records that are stored.
    struct Stored {
        /// `process.id`; nil as long as nothing of it is stored.
        var process: Int64?
        /// Every seq up to this one is stored, or noted as a gap.
        var through: UInt64 = 0
        /// All of it was pruned: nothing of it is stored any more.
        var isRemoved = false
        /// Whether rows of `gap` may be filled by records that come late.
        var hasGaps = false
        var hasBye = false
        /// What the clock of its records has to be moved by to tell the time since 1970.
        var clockOffset: Int64?
        var libraries = LiveLibraries()
    }

    let stream: UInt64
    /// The pid that its records must name.
    var pid: UInt32
    var stored = Stored()
    /// The same as it was before the transaction that is going on; nil where that did not use it.
    var committed: Stored?

    var waiting = WaitingRecords()
    /// When the first record of `waiting` began to be that.
    var waitingSince: UInt64 = 0
    /// Its HELLO waits for this parent's records.
    var awaitedParent: UInt64?
    /// It has waited long enough for its parent.
    var goesWithoutParent = false

    /// What the database says may have changed since.
    var isStale = false
    var lastUse: UInt64 = 0

    init(stream: UInt64, pid: UInt32) {
        self.stream = stream
        self.pid = pid
    }

    /// Whether memory is better spent on the other one.
    func isLessUseful(than other: StreamState) -> Bool {
        guard stored.hasBye == other.stored.hasBye else { return stored.hasBye }
        return lastUse < other.lastUse
    }
}
