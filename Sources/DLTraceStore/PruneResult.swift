// SPDX-License-Identifier: Apache-2.0

/// What was removed from a database, or would be.
package struct PruneResult: Sendable {
    /// Events of a process that goes on, or that others need.
    package struct Trim: Sendable {
        /// The process.
        package let process: PrunableProcess
        /// Events up to this one were pruned, but for those that later ones need.
        package let lastSeq: Int64
    }

    /// Processes of which nothing is left.
    package internal(set) var removed: [PrunableProcess] = []
    /// Processes of which the oldest events are gone.
    package internal(set) var trimmed: [Trim] = []
    /// Processes that were asked for and still run, or whose forked children stay.
    package internal(set) var kept: [PrunableProcess] = []
    /// The file's size before; with its journal, where one is there.
    package internal(set) var bytesBefore: UInt64 = 0
    /// Its size now; of a dry run about what it would be.
    package internal(set) var bytesAfter: UInt64 = 0
    /// Why the file did not become smaller although there is unused space in it, and what to do about it.
    package internal(set) var obstacle: StoreError?

    /// About how many events were removed.
    package var events: Int64 {
        removed.reduce(0) { $0 + $1.events }
            + trimmed.reduce(0) { $0 + max(0, $1.lastSeq - $1.process.prunedSeq) }
    }

    mutating func note(_ process: PrunableProcess, trimmedThrough seq: Int64) {
        if let index = trimmed.firstIndex(where: { $0.process.id == process.id }) {
            trimmed[index] = Trim(process: trimmed[index].process, lastSeq: seq)
        } else {
            trimmed.append(Trim(process: process, lastSeq: seq))
        }
    }
}
