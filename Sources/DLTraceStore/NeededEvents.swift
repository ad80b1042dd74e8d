// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Tells which events of a process, up to some seq, the later ones need to be understood: the libraries that are
/// still there and what opened them, the handles that are still open, the calls and threads that have not ended,
/// the registrations that still hold. What a forked child started with is needed as long as the child is kept.
///
/// It reads the events once, in their order; what it remembers is what is needed, and a little more.
struct NeededEvents {
    /// What an event's kind is to this; the statement below tells.
    private enum Kind: Int64 {
        case other
        case always
        case arrival
        case departure
        case open
        case close
        case function
        case fini
        case threadStart
        case thread
        case end
        case fault
        case registration
        case keyDelete
    }

    private struct Call {
        let kind: Kind
        let parent: Int64?
        let library: Int64?
        let caller: Int64
        let thread: Int64
        /// thread_start: the event that created the thread.
        var creation: Int64?
        /// Its END is to be remembered.
        var isOpener = false
    }

    private struct Arrival {
        let seq: Int64
        /// The calls around it, innermost first.
        let openers: [Int64]
    }

    private struct Open {
        let seq: Int64
        let end: Int64
        let caller: Int64
        let isOpener: Bool
    }

    private struct Registration: Hashable {
        let kind: Int64
        let library: Int64?
        let subject: Int64?
    }

    private static let sql = """
        SELECT
            seq,
            CASE kind
                WHEN 'dlopen' THEN 4 WHEN 'dlmopen' THEN 4 WHEN 'dlclose' THEN 5 WHEN 'end' THEN 10
                WHEN 'load' THEN 2 WHEN 'unload' THEN 3 WHEN 'init' THEN 6 WHEN 'fini' THEN 7
                WHEN 'fini_function' THEN 6 WHEN 'exit_handler' THEN 6
                WHEN 'thread_destructor' THEN 6 WHEN 'fork_handler' THEN 6
                WHEN 'present' THEN 2 WHEN 'thread_start' THEN 8 WHEN 'thread' THEN 9
                WHEN 'hello' THEN 1 WHEN 'bye' THEN 1 WHEN 'lost' THEN 1 WHEN 'exit' THEN 1
                WHEN 'fault' THEN 11 WHEN 'tls_key_delete' THEN 13
                WHEN 'tls_key_create' THEN 12 WHEN 'signal_handler' THEN 12
                WHEN 'cxa_atexit' THEN 12 WHEN 'on_exit' THEN 12 WHEN 'putenv' THEN 12
                WHEN 'atfork' THEN 12 WHEN 'thread_local' THEN 12
                ELSE 0
            END,
            parent_seq,
            library_id,
            stack_id,
            phase IS NULL,
            thread,
            address,
            value,
            text_id,
            CASE kind
                WHEN 'tls_key_create' THEN 0 WHEN 'signal_handler' THEN 1 WHEN 'putenv' THEN 2
                WHEN 'atfork' THEN 3 WHEN 'cxa_atexit' THEN 4 WHEN 'on_exit' THEN 5 ELSE 6
            END
        FROM event
        WHERE process_id = ? AND seq <= ?
        ORDER BY seq
        """

    /// Who called, as the view loader_call tells it.
    private static let callerSQL = """
        SELECT COALESCE(frame.library_id, 0)
        FROM stack_frame
        JOIN frame ON frame.id = stack_frame.frame_id
        LEFT JOIN library ON library.id = frame.library_id
        WHERE stack_frame.stack_id = ?1
            AND (library.id IS NULL OR library.origin NOT IN ('loader', 'tracer'))
            AND (?2 OR library.soname IS NOT 'libc.so.6')
        ORDER BY stack_frame.position
        LIMIT 1
        """

    /// Of what a program may leave open without end the newest are remembered.
    private static let most = 1 << 16

    private let select: FactStatement
    private let selectCaller: FactStatement
    /// By stack; nobody is -1.
    private var callers: [Int64: Int64] = [:]

    private var kept: [Int64] = []
    private var arrivals: [Int64: Arrival] = [:]
    private var opens: [Int64: [Open]] = [:]
    private var openCount = 0
    private var calls: [Int64: Call] = [:]
    private var ends: [Int64: Int64] = [:]
    /// The dlclose that closed what an opener opened, and its END.
    private var closings: [Int64: [Int64]] = [:]
    /// Calls of dlopen and dlclose that have not ended.
    private var loaderCalls = 0
    private var threads: [Int64: Int64] = [:]
    /// Threads that did not begin yet, and the END of their creation; 0 for none.
    private var creations: [Int64: Int64] = [:]
    /// By the library that goes with them, else 0.
    private var registrations: [Int64: [Registration: Int64]] = [:]
    private var registrationCount = 0
    private var lastFault: Int64?

    private var isForked = false
    /// What forked children that are kept started with.
    private var pinned: Set<Int64> = []

    init(_ database: Database) throws {
        select = try FactStatement(database, Self.sql)
        selectCaller = try FactStatement(database, Self.callerSQL)
    }

    /// The seqs that are needed, in their order, up to the first event from `through` on with which no dlopen or
    /// dlclose is under way: what happens in one call explains itself.
    ///
    /// - Parameters:
    ///   - process: whose events.
    ///   - through: where to look for that event from.
    ///   - most: the last seq where there is no such event before.
    ///   - isForked: whether the process began with the libraries and handles of another one.
    ///   - forks: where children were forked that are kept: their `process.parent_seq`.
    /// - Returns: the seqs, and up to where.
    /// - Throws: SQLite's errors.
    mutating func seqs(
        process: Int64, through: Int64, atMost most: Int64, isForked: Bool, forks: [Int64]
    ) throws -> (seqs: [Int64], through: Int64) {
        var forks = forks.sorted()[...]
        var last = through
        self.isForked = isForked
        select.bind(1, process)
        select.bind(2, most)
        try select.forEachRow {
            let seq = select.number(0) ?? 0
            while let fork = forks.first, fork < seq {
                forks.removeFirst()
                pinned.formUnion(needed)
            }
            try follow(seq)
            last = max(last, seq)
            return seq < through || loaderCalls > 0
        }
        if let fork = forks.first, fork <= last { pinned.formUnion(needed) }
        return (pinned.union(needed).sorted(), last)
    }

    private var needed: Set<Int64> {
        var seqs = Set(kept)
        for arrival in arrivals.values {
            seqs.insert(arrival.seq)
            for opener in arrival.openers {
                seqs.insert(opener)
                if let end = ends[opener] { seqs.insert(end) }
                seqs.formUnion(closings[opener] ?? [])
            }
        }
        for open in opens.values.joined() {
            seqs.insert(open.seq)
            seqs.insert(open.end)
        }
        for (seq, call) in calls {
            seqs.insert(seq)
            if let creation = call.creation { seqs.insert(creation) }
        }
        for (seq, end) in creations {
            seqs.insert(seq)
            if end != 0 { seqs.insert(end) }
        }
        for group in registrations.values { seqs.formUnion(group.values) }
        if let lastFault { seqs.insert(lastFault) }
        return seqs
    }

    // MARK: - Events

    private mutating func follow(_ seq: Int64) throws {
        let library = select.number(3)
        switch Kind(rawValue: select.number(1) ?? 0) ?? .other {
        case .other:
            break
        case .always:
            kept.append(seq)
        case .fault:
            lastFault = seq
        case .arrival:
            guard let library else { break }
            arrivals[library] = Arrival(seq: seq, openers: openers(from: select.number(2)))
        case .departure:
            guard let library else { break }
            depart(library, seq: seq, parent: select.number(2))
        case .end:
            if let begun = select.number(2) { end(begun, seq: seq) }
        case .thread:
            creations[seq] = 0
            Self.dropOldest(&creations)
        case .registration:
            register(seq, registration(library))
        case .keyDelete:
            let key = Registration(kind: 0, library: nil, subject: select.number(8))
            if registrations[0]?.removeValue(forKey: key) != nil { registrationCount -= 1 }
        case let kind:
            try begin(seq, kind, library)
        }
    }

    private mutating func begin(_ seq: Int64, _ kind: Kind, _ library: Int64?) throws {
        let parent = select.number(2)
        let thread = select.number(6) ?? 0
        var call = Call(
            kind: kind, parent: parent, library: library,
            caller: kind == .open || kind == .close ? try caller(parent) : 0, thread: thread)
        if kind == .threadStart {
            // An older one of the same number has ended, and nobody saw it.
            if let older = threads.updateValue(seq, forKey: thread) { calls[older] = nil }
            call.creation = select.number(8)
            if let creation = call.creation { creations[creation] = nil }
        }
        calls[seq] = call
        if kind == .open || kind == .close { loaderCalls += 1 }
        if calls.count > Self.most {
            Self.dropOldest(&calls)
            loaderCalls = calls.values.count { $0.kind == .open || $0.kind == .close }
            threads = threads.filter { calls[$0.value] != nil }
        }
    }

    private mutating func end(_ begun: Int64, seq: Int64) {
        if pinned.contains(begun) { pinned.insert(seq) }
        if creations[begun] != nil {
            // A creation that failed made no thread.
            creations[begun] = select.number(7) ?? 0 == 0 ? seq : nil
            return
        }
        guard let call = calls.removeValue(forKey: begun) else { return }
        if call.kind == .open || call.kind == .close { loaderCalls -= 1 }
        let result = select.number(7) ?? 0
        if call.isOpener { ends[begun] = seq }
        switch call.kind {
        case .open:
            guard result != 0, let library = select.number(3) else { break }
            opens[library, default: []].append(
                Open(seq: begun, end: seq, caller: call.caller, isOpener: call.isOpener))
            openCount += 1
            dropOldestOpens()
        case .close:
            guard result == 0, let library = call.library else { break }
            close(library, begun: begun, end: seq, caller: call.caller)
        case .threadStart:
            if threads[call.thread] == begun { threads[call.thread] = nil }
        default:
            break
        }
    }

    /// As the view handle_open pairs them: the oldest open of the same caller, else the oldest.
    private mutating func close(_ library: Int64, begun: Int64, end: Int64, caller: Int64) {
        guard var left = opens[library], !left.isEmpty else {
            // It may close a handle that the process was forked with.
            if isForked { keep([begun, end]) }
            return
        }
        let index = left.firstIndex { $0.caller == caller } ?? 0
        let open = left.remove(at: index)
        opens[library] = left.isEmpty ? nil : left
        openCount -= 1
        if open.isOpener { closings[open.seq] = [begun, end] }
        // A child started with the handle: it must not seem that this process has it, too.
        if pinned.contains(open.seq) { pinned.formUnion([begun, end]) }
    }

    private mutating func depart(_ library: Int64, seq: Int64, parent: Int64?) {
        if let arrival = arrivals.removeValue(forKey: library) {
            if pinned.contains(arrival.seq) {
                pinned.formUnion([seq] + (parent.map { [$0] } ?? []))
            }
        } else if isForked {
            pinned.formUnion([seq] + (parent.map { [$0] } ?? []))
        }
        if let left = opens.removeValue(forKey: library) { openCount -= left.count }
        if let gone = registrations.removeValue(forKey: library) { registrationCount -= gone.count }
    }

    // MARK: - What they say

    private mutating func openers(from parent: Int64?) -> [Int64] {
        var openers: [Int64] = []
        var next = parent
        while let seq = next, let call = calls[seq] {
            openers.append(seq)
            calls[seq]?.isOpener = true
            next = call.parent.flatMap { $0 < seq ? $0 : nil }
        }
        return openers
    }

    /// What a later registration takes the place of.
    private func registration(_ library: Int64?) -> Registration {
        let kind = select.number(10) ?? 0
        return switch kind {
        case 0, 1: Registration(kind: kind, library: nil, subject: select.number(8))
        case 2: Registration(kind: kind, library: nil, subject: select.number(9))
        case 3:
            Registration(
                kind: kind &+ (select.number(8) ?? 0) << 8, library: library,
                subject: select.number(7))
        default: Registration(kind: kind, library: library, subject: select.number(7))
        }
    }

    private mutating func caller(_ parent: Int64?) throws -> Int64 {
        if let stack = select.number(4) {
            let isPlain = select.number(5) == 1
            let key = stack << 1 | (isPlain ? 1 : 0)
            var known = callers[key]
            if known == nil {
                selectCaller.bind(1, stack)
                selectCaller.bind(2, isPlain)
                known = try selectCaller.firstNumber() ?? -1
                if callers.count >= Self.most { callers.removeAll() }
                callers[key] = known
            }
            if let known, known >= 0 { return known }
        }
        guard let parent, let call = calls[parent], call.kind == .function else { return 0 }
        return call.library ?? 0
    }

    // MARK: - Bounds

    private mutating func keep(_ seqs: [Int64]) {
        if kept.count < Self.most { kept += seqs }
    }

    private static func dropOldest<Value>(_ table: inout [Int64: Value]) {
        guard table.count > most else { return }
        for seq in table.keys.sorted().prefix(table.count / 2) { table[seq] = nil }
    }

    private mutating func register(_ seq: Int64, _ registration: Registration) {
        if registrations[registration.library ?? 0, default: [:]]
            .updateValue(seq, forKey: registration) == nil
        {
            registrationCount += 1
        }
        guard registrationCount > Self.most else { return }
        let least = registrations.values.flatMap(\.values).sorted()[registrationCount / 2]
        registrations = registrations.mapValues { $0.filter { $0.value >= least } }
        registrationCount = registrations.values.reduce(0) { $0 + $1.count }
    }

    private mutating func dropOldestOpens() {
        guard openCount > Self.most else { return }
        let least = opens.values.joined().map(\.seq).sorted()[openCount / 2]
        opens = opens.mapValues { $0.filter { $0.seq >= least } }.filter { !$0.value.isEmpty }
        openCount = opens.values.reduce(0) { $0 + $1.count }
    }
}
