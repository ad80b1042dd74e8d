// SPDX-License-Identifier: Apache-2.0

extension DigestPass {
    // MARK: - Counting

    func count(_ life: DigestLife, closeNs: Int64, closedBy call: Int64) throws {
        guard life.isOpenedByLoad, !life.isInherited else { return }
        let place = DigestChurn.Place(
            binary: life.file.binary, namespace: life.namespace, caller: life.loadedByCaller,
            stack: life.openStack)
        var entry = churn[place] ?? DigestChurn()
        entry.loads += 1
        entry.unloads += life.unloaded == 0 ? 0 : 1
        entry.spentNs &+= life.openNs &+ closeNs
        entry.firstSeq = min(entry.firstSeq, life.loadedBy)
        if call != 0 { entry.closeSeq = min(entry.closeSeq ?? .max, call) }
        churn[place] = entry
        if churn.count >= Self.mostPlaces { try flushChurn() }
    }

    func flushChurn() throws {
        for (place, entry) in churn { try tables.add(entry, place, of: process) }
        churn.removeAll(keepingCapacity: true)
    }

    // MARK: - The end

    func finish() throws {
        if let last = forks.last { try keepForChild(before: last + 1) }
        for call in calls.values.sorted(by: { $0.seq < $1.seq }) { try breakOff(call) }
        for life in live.values where life.unloaded == 0 {
            try count(life, closeNs: 0, closedBy: 0)
        }
        try flushChurn()
        for life in strangers.values { try write(life) }
        if try isKeptByComer() { keepAll(before: .max) }
        // They end in an order that a rule is about.
        if files.hasCycle { keepInherited() }
        var isChanged = true
        while isChanged {
            isChanged = false
            for life in live.values where !life.isWritten && isToBeWritten(life) {
                try write(life)
                isChanged = true
            }
        }
        try tables.add(
            state, unseenCallers: unseenCallers, hasRare: hasRare, isInheriting: isInheriting)
    }

    /// A call that never returned.
    func breakOff(_ call: DigestCall) throws {
        guard call.kind == .open || call.kind == .close else { return }
        let caller = try caller(of: call)
        try write(call.seq, by: caller)
        if call.kind == .close, let life = try life(call.library) {
            try close(life, call, by: caller)
            life.isHeld = true
        }
        for life in call.unloaded { try depart(life, by: call.seq, caller) }
        if call.isBeneath { keepAll(before: call.seq) }
    }

    func isToBeWritten(_ life: DigestLife) -> Bool {
        life.isHeld || life.lastClose != 0 || life.unloaded != 0
            || (life.since < keptBefore && !life.isInherited)
            || life.users.contains { $0.count > 0 }
    }

    /// Whether a library that came at run time has another one open that did.
    func isKeptByComer() throws -> Bool {
        for life in live.values where !life.isAtStart {
            for user in life.users where user.count > 0 && user.caller != life.id {
                if let owner = try self.life(user.caller), owner.file.isFile, !owner.isAtStart {
                    return true
                }
            }
        }
        return false
    }
}
