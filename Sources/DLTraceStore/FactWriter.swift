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
    private let libraries: LibraryTable
    private let stacks: StackTable
    private let texts: TextTable

    init(_ database: Database) throws {
        self.database = database
        processes = try ProcessTable(database)
        events = try EventTable(database)
        libraries = try LibraryTable(database)
        stacks = try StackTable(database)
        texts = try TextTable(database)
    }

    /// Forgets which rows are there: somebody else wrote, or what was written was rolled back.
    func clearCaches() {
        libraries.clearCache()
        stacks.clearCache()
        texts.clearCache()
    }

    // MARK: - Events

    /// Stores a record of a process that is in the database, other than a HELLO's contents.
    func add(_ record: Record, process: Int64, _ state: StreamState) throws {
        let fact = try fact(record, process: process, state)
        try events.add(fact, process: process, record.header)
        switch record.body {
        case .fault(let fault):
            try events.add(fault, process: process, seq: record.header.seq)
        case .bye(let bye):
            state.hasBye = true
            let time = Int64(bitPattern: record.header.timeNs)
            try processes.addEnd(
                process: process, witness: .bye, status: bye.status & 0xff, signal: nil,
                coreDumped: nil, unixNs: state.clockOffset.map { $0 &+ time } ?? Clock.unix())
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
            let library = state.libraries.depart(
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
        case .unknown(let kind):
            return Fact("unknown", detail: Int64(kind))
        }
    }

    private func loadFact(
        _ load: Record.Load, process: Int64, seq: UInt64, _ state: StreamState
    ) throws -> Fact {
        let id = try libraries.id(process: process, load)
        if let id {
            state.libraries.arrive(
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
        case (nil, .exitHandlers): "exit_handler"
        case (nil, _): "fini_function"
        }
    }

    // MARK: - What events refer to

    private func library(
        _ generation: UInt32, process: Int64, _ state: StreamState
    ) throws -> Int64? {
        guard generation != 0 else { return nil }
        return try state.libraries.library(generation: generation)
            ?? libraries.id(process: process, generation: generation)
    }

    private func stack(
        _ stack: WireStack, process: Int64, _ state: StreamState
    ) throws -> Int64? {
        try stacks.id(process: process, stack, libraries: state.libraries)
    }
}
