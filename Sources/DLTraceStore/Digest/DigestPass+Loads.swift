// SPDX-License-Identifier: Apache-2.0

extension DigestPass {
    // MARK: - Loads

    func load(_ event: EventRow) throws {
        guard event.library != 0, live[event.library] == nil,
            let load = try files.load(event.library)
        else { return }
        let life = DigestLife(
            event.library, load, isAtStart: load.isAtStart || event.kind == .present,
            isInherited: false, since: event.seq)
        arrive(life)
        if load.file.isCyclic { life.isHeld = true }
        let above = calls[event.parent]
        let opener = above?.kind == .initialization ? above?.parent ?? 0 : event.parent
        if let kind = calls[opener]?.kind, kind == .open || kind == .close {
            if kind == .open {
                life.loadedBy = opener
                calls[opener]?.loaded.append(life)
                if leavers.contains(load.file.binary) {
                    life.isHeld = true
                    calls[opener]?.isReload = true
                }
            }
        } else if event.kind == .load, !life.isAtStart {
            if above?.kind != .initialization || above?.parent == 0 { unseenCallers += 1 }
            life.isHeld = true
        }
    }

    func unload(_ event: EventRow) throws {
        guard event.library != 0, let life = try life(event.library) else { return }
        life.unloaded = event.seq
        if life.isInherited { isInheriting = true }
        if let kind = calls[event.parent]?.kind, kind == .open || kind == .close {
            calls[event.parent]?.unloaded.append(life)
            return
        }
        let above = calls[event.parent]
        if above?.kind != .initialization || above?.parent == 0 { unseenCallers += 1 }
        try depart(life, by: 0, 0)
    }

    /// A library went in a way that is to be looked at.
    func depart(_ life: DigestLife, by call: Int64, _ caller: Int64) throws {
        life.unloadedBy = call
        life.unloadedByCaller = caller
        try count(life, closeNs: 0, closedBy: call)
        try write(life)
        forget(life)
    }

    func arrive(_ life: DigestLife) {
        live[life.id] = life
        if let others = byName[life.file.linkName] {
            // Which of them is needed is told by both.
            for other in others { other.isHeld = true }
            life.isHeld = true
        }
        byName[life.file.linkName, default: []].append(life)
    }

    func forget(_ life: DigestLife) {
        live[life.id] = nil
        byName[life.file.linkName]?.removeAll { $0 === life }
        if byName[life.file.linkName]?.isEmpty == true { byName[life.file.linkName] = nil }
    }

    /// A library that is there; one of which no load was seen was there at the fork.
    func life(_ library: Int64) throws -> DigestLife? {
        guard library != 0 else { return nil }
        if let life = live[library] { return life }
        guard let load = try files.load(library) else { return nil }
        let life = DigestLife(
            library, load, isAtStart: load.isAtStart, isInherited: load.process != process, since: 0
        )
        life.isHeld = !life.isInherited
        arrive(life)
        return life
    }

    // MARK: - What is left out

    /// Whether all that a dlclose unloaded may be left out.
    func isOrdinary(_ call: DigestCall, by caller: Int64) throws -> Bool {
        let group = call.unloaded
        func isInGroup(_ library: Int64) -> Bool { group.contains { $0.id == library } }
        guard !call.isBeneath, isInGroup(call.library), !isInGroup(caller),
            try group.allSatisfy({ try isOrdinary($0, in: group, of: call) })
        else { return false }
        // Whoever is on the stack comes back to code that is gone.
        var around: DigestCall? = call
        while let step = around {
            guard try !stacks[step.stack].comers.contains(where: isInGroup) else { return false }
            around = step.parent < step.seq ? calls[step.parent] : nil
        }
        return true
    }

    func isOrdinary(
        _ life: DigestLife, in group: [DigestLife], of call: DigestCall
    ) throws -> Bool {
        guard !life.isHeld, !life.isAtStart, !life.isInherited, life.loadedBy != 0,
            life.since > keptBefore, life.opens == life.closes,
            life.closes == 0 || life.id == call.library
        else { return false }
        for user in life.users where user.caller != 0 {
            // A forked child's callers may have come with it.
            guard try self.life(user.caller)?.unloaded == 0 else { return false }
        }
        // It may be what a library was kept by when that was closed for the last time.
        for name in life.file.needs {
            for needed in byName[name] ?? [] where needed.unloaded == 0 {
                guard needed.lastClose < life.since else { return false }
            }
        }
        return true
    }

    /// Remembers it as the last one with its handle.
    func leaveOut(_ life: DigestLife) throws {
        if gone.count >= Self.mostGone {
            for old in gone.values { try write(old) }
            gone.removeAll()
        }
        gone[life.handle] = life
    }

    /// Remembers, of what it needs and stays, who used it last.
    func leaveUsed(by life: DigestLife) {
        life.lastUsers.removeAll()
        for name in life.file.needs {
            guard let all = byName[name] else {
                if state.parent != nil { strangers[name] = life }
                continue
            }
            for needed in all where needed.unloaded == 0 && !needed.isAtStart {
                needed.lastUsers = [life]
            }
        }
    }
}
