// SPDX-License-Identifier: Apache-2.0

import DLTraceStore

/// `dltrace prune` in JSON.
struct PruneDocument: Encodable {
    private struct Process: Encodable {
        let id: Int64
        let pid: Int64
        let executable: OrNull<String>
        let prunedSeq: OrNull<Int64>

        init(_ process: PrunableProcess, prunedSeq: Int64? = nil) {
            id = process.id
            pid = process.pid
            executable = OrNull(process.executable)
            self.prunedSeq = OrNull(prunedSeq)
        }
    }

    private let database: String
    private let dryRun: Bool
    private let removed: [Process]
    private let trimmed: [Process]
    private let kept: [Process]
    private let events: Int64
    private let bytesBefore: UInt64
    private let bytesAfter: UInt64

    init(database: String, isDryRun: Bool, result: PruneResult, bytesAfter: UInt64) {
        self.database = database
        dryRun = isDryRun
        removed = result.removed.map { Process($0) }
        trimmed = result.trimmed.map { Process($0.process, prunedSeq: $0.lastSeq) }
        kept = result.kept.map { Process($0) }
        events = result.events
        bytesBefore = result.bytesBefore
        self.bytesAfter = bytesAfter
    }
}
