// SPDX-License-Identifier: Apache-2.0

/// What every record begins with: `struct dlt_wire_header`, without what only carries it.
package struct RecordHeader: Hashable, Sendable {
    /// The kind's number: it may be one that this version does not know.
    package var kind: UInt16
    /// Version of the format it is written in.
    package var version: UInt16
    /// getpid(2) in the process's own pid namespace.
    package var pid: UInt32
    /// gettid(2) of the thread the event happened in.
    package var tid: UInt32
    /// The process image, random, never 0.
    package var stream: UInt64
    /// 1, 2, 3, … in the stream, never 0.
    package var seq: UInt64
    /// CLOCK_MONOTONIC.
    package var timeNs: UInt64
    /// Seq of the innermost event of this thread that has not ended, 0 for none; of an END, what it ends.
    package var parent: UInt64
    /// The phase's number: it may be one that this version does not know; 0 for none.
    package var phaseNumber: UInt16

    /// A header with these values.
    package init(
        kind: RecordKind, pid: UInt32, tid: UInt32? = nil, stream: UInt64, seq: UInt64,
        timeNs: UInt64 = 0, parent: UInt64 = 0, phase: Phase? = nil
    ) {
        self.init(
            kindNumber: kind.rawValue, version: RecordEncoder.version, pid: pid, tid: tid ?? pid,
            stream: stream, seq: seq, timeNs: timeNs, parent: parent,
            phaseNumber: phase?.rawValue ?? 0)
    }

    init(
        kindNumber: UInt16, version: UInt16, pid: UInt32, tid: UInt32, stream: UInt64, seq: UInt64,
        timeNs: UInt64, parent: UInt64, phaseNumber: UInt16
    ) {
        self.kind = kindNumber
        self.version = version
        self.pid = pid
        self.tid = tid
        self.stream = stream
        self.seq = seq
        self.timeNs = timeNs
        self.parent = parent
        self.phaseNumber = phaseNumber
    }

    /// The phase the event happened in; nil for none and for one that this version does not know.
    package var phase: Phase? { Phase(rawValue: phaseNumber) }
}
