// SPDX-License-Identifier: Apache-2.0

/// A task and its answer.
struct SymbolResult {
    /// The task.
    var task: SymbolTask

    /// The answer: frames for all its places, or a failure, or both where lines are missing.
    var reply: SymbolReply

    /// The failure to record.
    var reason: String? {
        if let failure = reply.failure { return failure.reason }
        return task.isAmbiguous
            ? "it has no build id, and was replaced after some processes had loaded it"
            : nil
    }

    /// Whether a place that has no name is recorded as one that was looked up: not where the
    /// next attempt may well succeed without any file having changed.
    var isFinal: Bool {
        reply.failure?.code != .fileUnreadable
    }
}
