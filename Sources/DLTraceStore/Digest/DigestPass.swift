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
    static let nodelete: Int64 = 4096
    static let deepbind: Int64 = 8
    static let noload: Int64 = 4
    static let mostPlaces = 8192
    static let mostGone = 16_384
    /// So many opens that were never closed are told one by one.
    static let mostLeft = 64

    let state: DigestState
    let process: Int64
    let files: DigestFiles
    let stacks: DigestStacks
    let tables: DigestTables
    let places: DigestPlaces
    let selectEvents: Statement
    let selectLeft: Statement

    var calls: [Int64: DigestCall] = [:]
    var live: [Int64: DigestLife] = [:]
    var byName: [Int: [DigestLife]] = [:]
    /// What last had a handle, and is left out.
    var gone: [Int64: DigestLife] = [:]
    var churn: [DigestChurn.Place: DigestChurn] = [:]
    /// Files of which something was left behind.
    var leavers: Set<Int64> = []
    /// What was loaded before this event, and not unloaded, is kept.
    var keptBefore: Int64 = 0
    var forks: ArraySlice<Int64>
    var unseenCallers: Int64 = 0
    /// There are events of the view rare_event.
    var hasRare = false
    var isInheriting = false
    /// The last user of each name that a forked child's parent may have loaded.
    var strangers: [Int: DigestLife] = [:]

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

    func take(_ event: EventRow) throws {
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
        case .loss, .fork: hasRare = true
        case .stale:
            hasRare = true
            try keep(handle: event.address)
            try keep(library: event.library)
        case .registration, .other: break
        }
        if event.stack != 0 { try stacks.note(event.stack) }
        if event.isFunction, event.library != 0 { try note(event) }
    }

    /// Notes the place of a function.
    func note(_ event: EventRow) throws {
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

    func begin(_ event: EventRow) {
        let above = event.parent == 0 ? nil : calls[event.parent]
        calls[event.seq] = DigestCall(
            kind: event.kind, seq: event.seq, parent: event.parent, timeNs: event.timeNs,
            hasPhase: event.hasPhase, library: event.library, stack: event.stack,
            address: event.address, flags: event.value,
            isBeneath: above.map {
                $0.isBeneath || $0.kind == .destructor || $0.kind == .forkHandler
            } ?? false)
    }

    func end(_ event: EventRow) throws {
        guard let call = calls.removeValue(forKey: event.parent) else { return }
        switch call.kind {
        case .open: try endOpen(call, event)
        case .close: try endClose(call, event)
        default: break
        }
    }

    func caller(of call: DigestCall) throws -> Int64 {
        let known = try stacks[call.stack]
        if let caller = call.hasPhase ? known.callerInPhase : known.caller { return caller }
        guard let above = calls[call.parent] else { return 0 }
        switch above.kind {
        case .destructor, .forkHandler, .initialization: return above.library
        default: return 0
        }
    }

    func endOpen(_ call: DigestCall, _ end: EventRow) throws {
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

    func endClose(_ call: DigestCall, _ end: EventRow) throws {
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
    func close(_ life: DigestLife, _ call: DigestCall, by caller: Int64) throws {
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
}
