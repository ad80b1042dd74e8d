// SPDX-License-Identifier: Apache-2.0

/// A process as far as pruning is concerned.
package struct PrunableProcess: Hashable, Sendable {
    /// `process.id`.
    package let id: Int64
    /// `process.stream`.
    package let stream: UInt64
    /// As the process itself sees it.
    package let pid: Int64
    /// The process it was forked from.
    let parent: Int64?
    /// nil while its HELLO is missing.
    package let executable: String?
    /// Nanoseconds since 1970; nil while its HELLO is missing.
    package let startedUnixNs: Int64?
    /// When its end was seen, else its last event; nil where neither is known.
    package let lastUnixNs: Int64?
    /// Whether its end was seen.
    let hasEnded: Bool
    /// The seq of its last event.
    let lastSeq: Int64
    /// Events up to this one were pruned.
    private(set) var prunedSeq: Int64

    /// About how many events of it are stored.
    package var events: Int64 { max(0, lastSeq &- prunedSeq) }

    /// The same once its events up to `seq` are pruned.
    func pruned(through seq: Int64) -> PrunableProcess {
        var process = self
        process.prunedSeq = seq
        return process
    }
}
