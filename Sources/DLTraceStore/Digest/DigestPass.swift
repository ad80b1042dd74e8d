// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// Goes through the events of one process, in order, and picks out the loads and calls that a rule can have
/// something to say about.
///
/// Left out is what makes up nearly all of a long trace: libraries that were loaded by a dlopen which was
/// seen, closed as often as opened by code that stayed, and unloaded by their last dlclose, none of it
/// beneath a destructor, with nothing left behind; and of a library that stays, a caller's opens that the
/// same caller closed. Without these the rest is a trace of its own, in which the rules find the same;
/// whatever is in doubt is kept. Memory is for what is loaded and open at one time.
final class DigestPass {
    private static let nodelete: Int64 = 4096
    private static let deepbind: Int64 = 8
    private static let noload: Int64 = 4
    private static let mostPlaces = 8192
    private static let mostGone = 16_384
    /// So many opens that were never closed are told one by one.
    private static let mostLeft = 64

    private let state: DigestState
    private let process: Int64
    private let files: DigestFiles
    private let stacks: DigestStacks
    private let tables: DigestTables
    private let places: DigestPlaces
    private let selectEvents: Statement
    private let selectLeft: Statement

    private var calls: [Int64: DigestCall] = [:]
    private var live: [Int64: DigestLife] = [:]
    private var byName: [Int: [DigestLife]] = [:]
    /// What last had a handle, and is left out.
    private var gone: [Int64: DigestLife] = [:]
    private var churn: [DigestChurn.Place: DigestChurn] = [:]
    /// Files of which something was left behind.
    private var leavers: Set<Int64> = []
    /// What was loaded before this event, and not unloaded, is kept.
    private var keptBefore: Int64 = 0
    private var forks: ArraySlice<Int64>
    private var unseenCallers: Int64 = 0
    private var isInheriting = false
    /// The last user of each name that a forked child's parent may have loaded.
    private var strangers: [Int: DigestLife] = [:]

    init(
        _ state: DigestState, _ database: Database, files: DigestFiles, stacks: DigestStacks,
        tables: DigestTables, places: DigestPlaces
    ) throws {
        self.state = state
        process = state.process
        self.files = files
        self.stacks = stacks
        self.tables = tables
        self.places = places
        forks = state.forks[...]
        selectEvents = try database.cachedStatement(sql: EventRow.select)
        selectLeft = try database.cachedStatement(
            sql: "SELECT holder_library_id FROM left_behind WHERE process_id = ? AND seq = ?")
    }

    /// Goes through all of it.
    func run() throws {
        let raw = selectEvents.sqliteStatement
        sqlite3_reset(raw)
        sqlite3_bind_int64(raw, 1, process)
        defer { sqlite3_reset(raw) }
        while true {
            let code = sqlite3_step(raw)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE else {
                    throw DatabaseError(resultCode: ResultCode(rawValue: code))
                }
                break
            }
            try take(EventRow(raw))
        }
        try finish()
    }

    private func take(_ event: EventRow) throws {
        while let fork = forks.first, fork < event.seq {
            forks.removeFirst()
            try keepForChild(before: fork + 1)
        }
        switch event.kind {
        case .end: try end(event)
        case .open, .close, .initialization, .destructor, .forkHandler, .exit: begin(event)
        case .load, .present: try load(event)
        case .unload: try unload(event)
        case .left: try left(event)
        case .stayed:
            try keep(library: event.library)
            try keep(library: event.detail)
        case .stale:
            try keep(handle: event.address)
            try keep(library: event.library)
        case .registration, .other: break
        }
        if event.stack != 0 { try stacks.note(event.stack) }
        if event.isFunction, event.library != 0 { try note(event) }
    }

    /// Notes the place of a function.
    private func note(_ event: EventRow) throws {
        var place: (binary: Int64, base: Int64)?
        if let life = live[event.library] {
            place = (life.file.binary, life.base)
        } else if let load = try files.load(event.library) {
            place = (load.file.binary, load.base)
        }
        guard let place else { return }
        // Addresses come from the wire.
        let (fileAddress, isOverflow) = event.address.subtractingReportingOverflow(place.base)
        if !isOverflow { try places.add(place.binary, fileAddress, isExact: true) }
    }

    // MARK: - Calls

    private func begin(_ event: EventRow) {
        let above = event.parent == 0 ? nil : calls[event.parent]
        calls[event.seq] = DigestCall(
            kind: event.kind, seq: event.seq, parent: event.parent, timeNs: event.timeNs,
            hasPhase: event.hasPhase, library: event.library, stack: event.stack,
            address: event.address, flags: event.value,
            isBeneath: above.map {
                $0.isBeneath || $0.kind == .destructor || $0.kind == .forkHandler
            } ?? false)
    }

    private func end(_ event: EventRow) throws {
        guard let call = calls.removeValue(forKey: event.parent) else { return }
        switch call.kind {
        case .open: try endOpen(call, event)
        case .close: try endClose(call, event)
        default: break
        }
    }

    private func caller(of call: DigestCall) throws -> Int64 {
        let known = try stacks[call.stack]
        if let caller = call.hasPhase ? known.callerInPhase : known.caller { return caller }
        guard let above = calls[call.parent] else { return 0 }
        switch above.kind {
        case .destructor, .forkHandler, .initialization: return above.library
        default: return 0
        }
    }

    private func endOpen(_ call: DigestCall, _ end: EventRow) throws {
        let caller = try caller(of: call)
        if call.isReload { keepAll(before: end.seq) }
        guard end.address != 0, end.library != 0, let life = try life(end.library) else {
            // Whether it is there may be asked for with RTLD_NOLOAD; no is an answer.
            if call.flags & Self.noload == 0 || end.hasText || end.address != 0 {
                try write(call.seq, by: caller)
            }
            for life in call.unloaded { try depart(life, by: call.seq, caller) }
            return
        }
        life.opens += 1
        life.users[life.user(caller)].open(call.seq, stack: call.stack)
        if life.firstOpen == 0 {
            life.firstOpen = call.seq
            life.firstOpenCaller = caller
        }
        if call.flags & Self.nodelete != 0, life.stickyOpen == 0 {
            life.stickyOpen = call.seq
            life.isHeld = true
            try write(call.seq, by: caller)
        }
        for loaded in call.loaded {
            loaded.loadedByCaller = caller
            if loaded !== life { loaded.loadedWith = life }
        }
        if life.loadedBy == call.seq {
            life.isOpenedByLoad = true
            life.openNs = end.timeNs &- call.timeNs
            life.openStack = call.stack
            if call.flags & Self.deepbind != 0 {
                try write(call.seq, by: caller)
                for loaded in call.loaded { loaded.isHeld = true }
            }
        }
        for life in call.unloaded { try depart(life, by: call.seq, caller) }
    }

    private func endClose(_ call: DigestCall, _ end: EventRow) throws {
        let caller = try caller(of: call)
        guard end.address == 0, let life = try life(call.library) else {
            live[call.library]?.closeCalls += 1
            try write(call.seq, by: caller)
            try keep(handle: call.address)
            try keep(library: call.library)
            for life in call.unloaded { try depart(life, by: call.seq, caller) }
            return
        }
        try close(life, call, by: caller)
        guard !call.unloaded.isEmpty else {
            life.lastClose = call.seq
            return
        }
        let durationNs = end.timeNs &- call.timeNs
        for life in call.unloaded {
            try count(life, closeNs: life.id == call.library ? durationNs : 0, closedBy: call.seq)
        }
        if try isOrdinary(call, by: caller) {
            for life in call.unloaded {
                leaveUsed(by: life)
                if life.opens > 0 { try leaveOut(life) }
                life.unloadedBy = call.seq
                life.unloadedByCaller = caller
            }
        } else {
            keepInherited()
            try write(call.seq, by: caller)
            for life in call.unloaded {
                life.unloadedBy = call.seq
                life.unloadedByCaller = caller
                try write(life)
            }
        }
        for life in call.unloaded { forget(life) }
    }

    /// Pairs a close with an open.
    private func close(_ life: DigestLife, _ call: DigestCall, by caller: Int64) throws {
        // One too many, by what was seen: what came before it is shown.
        let isExtra = life.closes >= life.opens
        life.closes += 1
        life.closeCalls += 1
        let user = life.user(caller)
        let answered = life.users[user].close(call.seq)
        if let answered {
            if answered.open == life.firstOpen {
                life.firstClose = call.seq
                life.firstCloseCaller = caller
            }
            if answered.isWritten || answered.open == life.stickyOpen || call.isBeneath
                || isExtra
            {
                try write(answered.open, by: caller)
                try write(call.seq, by: caller)
            }
        } else {
            life.strays.append(DigestCallName(seq: call.seq, caller: caller))
        }
        if isExtra {
            life.isHeld = true
            try writeLast(of: life)
        }
        if life.isInherited {
            isInheriting = true
            life.isHeld = true
        }
        guard call.isBeneath else { return }
        try write(call.seq, by: caller)
        life.isHeld = true
        keepAll(before: call.seq)
    }

    // MARK: - Loads

    private func load(_ event: EventRow) throws {
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

    private func unload(_ event: EventRow) throws {
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
    private func depart(_ life: DigestLife, by call: Int64, _ caller: Int64) throws {
        life.unloadedBy = call
        life.unloadedByCaller = caller
        try count(life, closeNs: 0, closedBy: call)
        try write(life)
        forget(life)
    }

    private func arrive(_ life: DigestLife) {
        live[life.id] = life
        if let others = byName[life.file.linkName] {
            // Which of them is needed is told by both.
            for other in others { other.isHeld = true }
            life.isHeld = true
        }
        byName[life.file.linkName, default: []].append(life)
    }

    private func forget(_ life: DigestLife) {
        live[life.id] = nil
        byName[life.file.linkName]?.removeAll { $0 === life }
        if byName[life.file.linkName]?.isEmpty == true { byName[life.file.linkName] = nil }
    }

    /// A library that is there; one of which no load was seen was there at the fork.
    private func life(_ library: Int64) throws -> DigestLife? {
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
    private func isOrdinary(_ call: DigestCall, by caller: Int64) throws -> Bool {
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

    private func isOrdinary(
        _ life: DigestLife, in group: [DigestLife], of call: DigestCall
    ) throws -> Bool {
        guard !life.isHeld, !life.isAtStart, !life.isInherited, life.loadedBy != 0,
            life.since > keptBefore, life.opens == life.closes,
            life.closes == 0 || life.id == call.library
        else { return false }
        for user in life.users where user.caller != 0 {
            guard live[user.caller]?.unloaded == 0 else { return false }
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
    private func leaveOut(_ life: DigestLife) throws {
        if gone.count >= Self.mostGone {
            for old in gone.values { try write(old) }
            gone.removeAll()
        }
        gone[life.handle] = life
    }

    /// Remembers, of what it needs and stays, who used it last.
    private func leaveUsed(by life: DigestLife) {
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

    // MARK: - What is kept

    private func keepAll(before seq: Int64) {
        keptBefore = max(keptBefore, seq)
        keepInherited()
    }

    /// Has a forked child show what it was forked with, too, of which it knows but what it used.
    private func keepInherited() {
        if state.parent != nil { isInheriting = true }
    }

    /// A child goes on with what is loaded and open now.
    private func keepForChild(before seq: Int64) throws {
        keptBefore = max(keptBefore, seq)
        for life in live.values {
            for index in life.users.indices {
                for open in life.users[index].takeUnwritten() {
                    try write(open.seq, by: life.users[index].caller)
                }
            }
        }
    }

    private func keep(library: Int64) throws {
        guard library != 0 else { return }
        if let life = live[library] {
            life.isHeld = true
        } else {
            try tables.add(library: library, of: process)
        }
    }

    private func keep(handle: Int64) throws {
        guard handle != 0 else { return }
        if let life = gone.removeValue(forKey: handle) { try write(life) }
        for life in live.values where life.handle == handle {
            life.isHeld = true
            try writeLast(of: life)
        }
    }

    private func left(_ event: EventRow) throws {
        try keep(library: event.library)
        if let holder = try Int64.fetchOne(selectLeft, arguments: [process, event.seq]) {
            try keep(library: holder)
        }
        if let life = live[event.library] { leavers.insert(life.file.binary) }
    }

    // MARK: - Writing

    private func write(_ call: Int64, by caller: Int64, times: Int = 1) throws {
        guard call != 0 else { return }
        try tables.add(call: call, times: times, of: process)
        guard caller != 0 else { return }
        if let life = live[caller] {
            life.isHeld = true
        } else {
            try tables.add(library: caller, of: process)
        }
    }

    private func writeLast(of life: DigestLife) throws {
        for user in life.users {
            guard let last = user.last else { continue }
            try write(last.open, by: user.caller)
            try write(last.close, by: user.caller)
        }
    }

    private func write(_ life: DigestLife) throws {
        guard !life.isWritten else { return }
        life.isWritten = true
        life.isHeld = true
        try tables.add(
            library: life.id, opens: life.opens, closes: life.closeCalls, of: process)
        try write(life.loadedBy, by: life.loadedByCaller)
        try write(life.unloadedBy, by: life.unloadedByCaller)
        if life.firstClose != 0 {
            try write(life.firstOpen, by: life.firstOpenCaller)
            try write(life.firstClose, by: life.firstCloseCaller)
        }
        try writeLast(of: life)
        for stray in life.strays { try write(stray.seq, by: stray.caller) }
        try writeLeft(of: life)
        if let opened = life.loadedWith {
            if live[opened.id] === opened { opened.isHeld = true } else { try write(opened) }
        }
        for user in life.lastUsers { try write(user) }
        for name in life.file.needs {
            for needed in byName[name] ?? [] where !needed.isAtStart { needed.isHeld = true }
        }
        guard life.lastClose != 0 else { return }
        // Why it stayed is told by what needs it.
        for other in live.values where other.file.needs.contains(life.file.linkName) {
            other.isHeld = true
        }
    }

    /// Writes its opens that are not closed: as many one by one as there are closes by others, which may be
    /// theirs; of the rest, where they are many, one of each kind.
    private func writeLeft(of life: DigestLife) throws {
        var left: [(seq: Int64, stack: Int64, caller: Int64)] = []
        for index in life.users.indices {
            let caller = life.users[index].caller
            left += life.users[index].takeUnwritten().map { ($0.seq, $0.stack, caller) }
        }
        left.sort { $0.seq < $1.seq }
        let single = left.count > Self.mostLeft ? min(life.strays.count, left.count) : left.count
        for open in left.prefix(single) { try write(open.seq, by: open.caller) }
        var kinds: [DigestChurn.Place: (first: Int64, times: Int)] = [:]
        for open in left.dropFirst(single) {
            let place = DigestChurn.Place(
                binary: 0, namespace: 0, caller: open.caller, stack: open.stack)
            kinds[place, default: (open.seq, 0)].times += 1
        }
        for (place, kind) in kinds {
            try write(kind.first, by: place.caller, times: kind.times)
        }
    }

    // MARK: - Counting

    private func count(_ life: DigestLife, closeNs: Int64, closedBy call: Int64) throws {
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

    private func flushChurn() throws {
        for (place, entry) in churn { try tables.add(entry, place, of: process) }
        churn.removeAll(keepingCapacity: true)
    }

    // MARK: - The end

    private func finish() throws {
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
        try tables.add(state, unseenCallers: unseenCallers, isInheriting: isInheriting)
    }

    /// A call that never returned.
    private func breakOff(_ call: DigestCall) throws {
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

    private func isToBeWritten(_ life: DigestLife) -> Bool {
        life.isHeld || life.lastClose != 0 || life.unloaded != 0
            || (life.since < keptBefore && !life.isInherited)
            || life.users.contains { $0.count > 0 }
    }

    /// Whether a library that came at run time has another one open that did.
    private func isKeptByComer() throws -> Bool {
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
