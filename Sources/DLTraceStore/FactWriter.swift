// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// Makes rows of records. It belongs to one connection, and to that connection's queue.
///
/// It takes records as they come: their order is its caller's concern.
final class FactWriter {
    let database: Database
    let processes: ProcessTable
    let events: EventTable
    let texts: TextTable
    private let libraries: LibraryTable
    private let stacks: StackTable
    private let leftBehind: LeftBehindTable

    init(_ database: Database) throws {
        self.database = database
        processes = try ProcessTable(database)
        events = try EventTable(database)
        libraries = try LibraryTable(database)
        stacks = try StackTable(database)
        texts = try TextTable(database)
        leftBehind = try LeftBehindTable(database)
    }

    /// Forgets which rows are there: somebody else wrote.
    func clearCaches() {
        libraries.clearCache()
        stacks.clearCache()
        texts.clearCache()
    }

    /// Forgets what was written since the last commit.
    func rolledBack() {
        events.drop()
        clearCaches()
    }

    /// The libraries of a process right after the event of this seq, by the database.
    func libraries(of process: Int64, asOf seq: UInt64) throws -> LiveLibraries {
        try events.flush()
        return try LibraryHistory.libraries(of: process, asOf: seq, in: database)
    }

    // MARK: - Events

    /// Stores a record of a process that is in the database, other than a HELLO's contents.
    func add(_ record: Record, process: Int64, _ state: StreamState) throws {
        // It only says how far the numbers went.
        if case .lost(let lost) = record.body, lost.records == 0 { return }
        let fact = try fact(record, process: process, state)
        try events.add(fact, process: process, record.header)
        switch record.body {
        case .fault(let fault):
            try events.add(fault, process: process, seq: record.header.seq)
        case .bye(let bye):
            state.stored.hasBye = true
            let time = Int64(bitPattern: record.header.timeNs)
            try processes.addEnd(
                process: process, witness: .bye, status: bye.status & 0xff, signal: nil,
                coreDumped: nil, unixNs: state.stored.clockOffset.map { $0 &+ time } ?? Clock.unix()
            )
        case .left(let left):
            guard let type = LeftBehindTable.name(left.type) else { break }
            try leftBehind.add(
                process: process, seq: record.header.seq, type: type,
                holder: left.holder == 0 ? nil : left.holder,
                holderLibrary: try library(left.holderGeneration, process: process, state),
                registered: try registration(left, process: process, state))
        default:
            break
        }
    }

    private func fact(_ record: Record, process: Int64, _ state: StreamState) throws -> Fact {
        switch record.body {
        case .hello(let hello):
            return Fact("hello", value: Int64(hello.flags))
        case .bye(let bye):
            return Fact("bye", value: Int64(bye.status), detail: Int64(bye.howNumber))
        case .lost(let lost):
            return Fact("lost", value: Int64(clamping: lost.records))
        case .load(let load):
            return try loadFact(load, process: process, seq: record.header.seq, state)
        case .unload(let unload):
            let library = state.stored.libraries.depart(
                generation: unload.generation, seq: record.header.seq)
            return Fact(
                "unload",
                library: try library
                    ?? self.library(unload.generation, process: process, state))
        case .dlopen(let open):
            return try openFact("dlopen", open, process: process, state)
        case .dlmopen(let open):
            return try openFact("dlmopen", open, process: process, state)
        case .dlclose(let close):
            return Fact(
                "dlclose", library: try library(close.generation, process: process, state),
                stack: try stack(close.stack, process: process, state), address: close.handle)
        case .initialization(let fini):
            return Fact(
                "init", library: try library(fini.generation, process: process, state),
                value: Int64(fini.flags))
        case .fini(let fini):
            return Fact(
                "fini", library: try library(fini.generation, process: process, state),
                value: Int64(fini.flags))
        case .function(let function):
            return Fact(
                Self.kind(function, phase: record.header.phase),
                library: try library(function.generation, process: process, state),
                address: function.function, value: Int64(bitPattern: function.dsoHandle),
                detail: Int64(function.typeNumber))
        case .end(let end):
            return Fact(
                "end", library: try library(end.generation, process: process, state),
                address: end.result, text: end.text.isEmpty ? nil : try texts.id(end.text))
        case .exit(let exit):
            return Fact(
                "exit", stack: try stack(exit.stack, process: process, state),
                value: Int64(exit.status), detail: Int64(exit.howNumber))
        case .fault(let fault):
            return Fact(
                "fault", stack: try stack(fault.stack, process: process, state),
                address: fault.address, value: Int64(fault.signal), detail: Int64(fault.code))
        case .fork(let fork):
            return Fact("fork", address: fork.childStream)
        case .register(let register):
            return try registerFact(register, process: process, state)
        case .thread(let thread):
            return Fact(
                "thread", library: try library(thread.generation, process: process, state),
                stack: try stack(thread.stack, process: process, state), address: thread.function,
                value: Int64(bitPattern: thread.argument))
        case .threadStart(let start):
            return Fact(
                "thread_start", library: try library(start.generation, process: process, state),
                address: start.function, value: Int64(bitPattern: start.threadSeq))
        case .left(let left):
            return try leftFact(left, process: process, state)
        case .stale(let stale):
            return try staleFact(stale, process: process, state)
        case .stayed(let stayed):
            return Fact(
                "stayed", library: try library(stayed.generation, process: process, state),
                value: Int64(stayed.reasonNumber),
                detail: try library(stayed.holderGeneration, process: process, state),
                text: stayed.symbol.isEmpty ? nil : try texts.id(stayed.symbol))
        case .unknown(let kind):
            return Fact("unknown", detail: Int64(kind))
        }
    }

    private func loadFact(
        _ load: Record.Load, process: Int64, seq: UInt64, _ state: StreamState
    ) throws -> Fact {
        let id = try libraries.id(process: process, load)
        if let id {
            state.stored.libraries.arrive(
                LiveLibrary(
                    id: id, generation: load.generation, start: load.start, end: load.end,
                    since: seq))
        }
        return switch load.origin {
        case .file, nil: Fact("load", library: id)
        case .program, .loader, .vdso, .tracer: Fact("present", library: id)
        }
    }

    private func openFact(
        _ kind: StaticString, _ open: Record.Open, process: Int64, _ state: StreamState
    ) throws -> Fact {
        Fact(
            kind, stack: try stack(open.stack, process: process, state), value: Int64(open.flags),
            detail: open.namespace, text: try open.name.flatMap { try texts.id($0) })
    }

    private static func kind(_ function: Record.Function, phase: Phase?) -> StaticString {
        switch (function.type, phase) {
        case (.finiArray, _), (.dtFini, _): "fini_function"
        case (.cxaAtexit, _), (.onExit, _), (.quickExit, _): "exit_handler"
        case (.threadLocal, _), (.tlsKey, _), (nil, .threadExit): "thread_destructor"
        case (.forkHandler, _): "fork_handler"
        case (nil, .exitHandlers): "exit_handler"
        case (nil, _): "fini_function"
        }
    }

    // MARK: - What events refer to

    func library(
        _ generation: UInt32, process: Int64, _ state: StreamState
    ) throws -> Int64? {
        guard generation != 0 else { return nil }
        return try state.stored.libraries.library(generation: generation)
            ?? libraries.id(process: process, generation: generation)
    }

    /// The number of a stack; `gone` is an object that its frames may lie in although it was unloaded by now.
    func stack(
        _ stack: WireStack, process: Int64, _ state: StreamState, gone: UInt32 = 0
    ) throws -> Int64? {
        try stacks.id(
            process: process, stack, libraries: state.stored.libraries,
            gone: gone == 0 ? nil : state.stored.libraries.departed(generation: gone))
    }

    /// The event that made what was left behind: of the process itself, or of one it was forked from.
    private func registration(
        _ left: Record.Left, process: Int64, _ state: StreamState
    ) throws -> (process: Int64, seq: UInt64)? {
        guard left.registeredSeq != 0 else { return nil }
        let maker =
            left.registeredStream == state.stream
            ? process : try processes.find(stream: left.registeredStream)?.id
        return maker.map { ($0, left.registeredSeq) }
    }
}
