// SPDX-License-Identifier: Apache-2.0

import GRDB

extension TraceWriter {
    /// Removes what a request names, and makes the file smaller.
    ///
    /// Killed in the middle it leaves a whole database, in which the request is done in part.
    /// - Parameters:
    ///   - request: what is to go.
    ///   - isAlive: whether a process may still be there of which no end was seen.
    /// - Returns: what went.
    /// - Throws: `StoreError`.
    package func prune(
        _ request: PruneRequest, isAlive: (PrunableProcess) -> Bool
    ) throws -> PruneResult {
        try withPruner { pruner, result in
            result.bytesBefore = try pruner.fileBytes()
            result.bytesAfter = result.bytesBefore
            func choose(_ all: [PrunableProcess]) -> [PrunableProcess] {
                all.filter { process in
                    if request.named.contains(process.id) { return true }
                    let isOld = request.before.map { (process.lastUnixNs ?? .max) < $0 } ?? false
                    return (isOld || request.offered.contains(process.id))
                        && (process.hasEnded || !isAlive(process))
                }
            }
            if request.isDryRun {
                try Self.foretell(request, choose, pruner, isAlive, &result)
                return
            }
            result.removed = try pruner.remove(choose)
            if let limit = request.maxBytes {
                if request.makesIndexes { try TraceIndexes.make(in: pruner.database) }
                try pruner.fit(into: limit, isAlive: isAlive, &result)
            }
            let asked = request.named.union(request.offered)
            result.kept = try pruner.processes().filter { asked.contains($0.id) }
            result.obstacle = try pruner.shrink(path: path)
            result.bytesAfter = try pruner.fileBytes()
        }
    }

    private static func foretell(
        _ request: PruneRequest, _ choose: ([PrunableProcess]) -> [PrunableProcess],
        _ pruner: TracePruner, _ isAlive: (PrunableProcess) -> Bool, _ result: inout PruneResult
    ) throws {
        let all = try pruner.processes()
        result.removed = TracePruner.closed(choose(all), in: all)
        let used = try pruner.usedBytes()
        let asked = request.named.union(request.offered)
        let removed = Set(result.removed.map(\.id))
        result.kept = all.filter { asked.contains($0.id) && !removed.contains($0.id) }
        let left = all.filter { !removed.contains($0.id) }
        var bytes = TracePruner.bytes(of: left, in: all, used: used)
        if let limit = request.maxBytes, bytes > limit {
            let gone = TracePruner.closed(left.filter { $0.hasEnded || !isAlive($0) }, in: left)
            let share = TracePruner.share(of: gone, in: left, used: bytes, target: limit)
            result.removed += TracePruner.closed(share, in: left)
            let rest = left.filter { !Set(result.removed.map(\.id)).contains($0.id) }
            bytes = max(limit, TracePruner.bytes(of: rest, in: all, used: used))
        }
        result.bytesAfter = min(result.bytesBefore, bytes)
    }

    /// Keeps the database below a size while it is recorded into: removes the oldest of it where it has
    /// become too large.
    ///
    /// It costs next to nothing where it has not.
    /// - Returns: what was removed; nil where nothing had to be.
    /// - Throws: `StoreError`.
    package func makeRoom(
        below maxBytes: UInt64, isAlive: (PrunableProcess) -> Bool
    ) throws -> PruneResult? {
        let state = state
        let limit = Self.fileLimit(of: maxBytes)
        let isTooLarge: Bool
        do {
            isTooLarge = try queue.inDatabase { database in
                guard state.ingest != nil else { return false }
                let pruner = TracePruner(database)
                return try pruner.usedBytes() > max(limit / 16 * 15, state.neededBytes)
                    || pruner.fileBytes() > max(limit, state.neededBytes)
            }
        } catch {
            throw StoreError(error, path: path)
        }
        guard isTooLarge else { return nil }
        return try withPruner { pruner, result in
            result.bytesBefore = try pruner.fileBytes()
            try pruner.fit(into: limit / 4 * 3, isAlive: isAlive, &result)
            result.obstacle = try pruner.shrink(below: limit, path: path)
            result.bytesAfter = try pruner.fileBytes()
            // Where more is needed it is not tried again before there is more that can be removed.
            state.neededBytes = result.bytesAfter > limit ? result.bytesAfter / 8 * 9 : 0
        }
    }

    /// What of a size the file itself may have: the rest is for the journal beside it, and for the indexes
    /// that it gets when the recording ends.
    private static func fileLimit(of maxBytes: UInt64) -> UInt64 {
        (maxBytes - min(maxBytes / 4, 24 << 20)) / 16 * 9
    }

    func withPruner(
        _ body: (TracePruner, inout PruneResult) throws -> Void
    ) throws -> PruneResult {
        do {
            let state = state
            return try queue.inDatabase { database in
                guard state.ingest != nil else {
                    throw StoreError(.closed, path: path, reason: "the trace was finished")
                }
                // The caches may name rows that go.
                state.dataVersion = nil
                var result = PruneResult()
                try body(TracePruner(database), &result)
                return result
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }
}
