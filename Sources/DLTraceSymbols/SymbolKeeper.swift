// SPDX-License-Identifier: Apache-2.0

/// Looks up what a trace database has no names for yet, and keeps what was found in it.
package enum SymbolKeeper {
    /// So many addresses go into one request.
    private static let largestRequest = 4_096

    /// Looks up every place that has not been looked up yet: of stacks, of destructors and other functions
    /// that the C library was given, of what was left behind, of faults.
    ///
    /// What was looked up in vain stays so and costs nothing, until the file or its debug file by
    /// build id appears or changes: then the places without a name or without a line are looked
    /// up again. A name once found is never given up for a failure.
    ///
    /// - Parameters:
    ///   - path: The database. It may be in use by others; nothing is kept locked during look-ups.
    ///   - reading: Which process reads the files.
    ///   - limits: What that process may use.
    /// - Returns: How much was found.
    /// - Throws: ``SymbolError`` where the database cannot be written, or no process be started.
    @discardableResult
    package static func resolveMissing(
        in path: String, using reading: SymbolReading = .automatic,
        limits: SymbolizerLimits = SymbolizerLimits()
    ) throws(SymbolError) -> SymbolSummary {
        let store = try SymbolStore(path: path)
        var summary = SymbolSummary()
        let tasks = try store.tasks(debugFolders: limits.debugFolders)
        guard !tasks.isEmpty else { return summary }
        let reader = reading.reader(limits: limits)
        var results: [SymbolResult] = []
        var unsaved = 0
        for task in tasks {
            let reply = try reply(to: task, from: reader)
            summary.lookedUp += task.addresses.count
            summary.named += reply.places.count { $0.contains { $0.name != nil } }
            if let failure = reply.failure { summary.failures.append(failure) }
            results.append(SymbolResult(task: task, reply: reply))
            unsaved += task.addresses.count
            if unsaved >= largestRequest {
                try store.save(results)
                results = []
                unsaved = 0
            }
        }
        try store.save(results)
        return summary
    }

    private static func reply(
        to task: SymbolTask, from reader: any SymbolReader
    ) throws(SymbolError) -> SymbolReply {
        var whole = SymbolReply()
        var rest = task.addresses[...]
        while !rest.isEmpty {
            let request = task.request(for: Array(rest.prefix(largestRequest)))
            let reply = try reader.reply(to: request)
            whole.failure = whole.failure ?? reply.failure
            // Without an answer for these none of the later ones could be told apart.
            guard reply.places.count == request.addresses.count else {
                return SymbolReply(failure: whole.failure)
            }
            whole.places += reply.places
            rest = rest.dropFirst(largestRequest)
        }
        return whole
    }
}
