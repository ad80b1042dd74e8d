// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

extension FactWriter {
    /// An address that was given to the C library, or taken back.
    func registerFact(
        _ register: Record.Register, process: Int64, _ state: StreamState
    ) throws -> Fact {
        let argument = Int64(bitPattern: register.argument)
        let handle = Int64(bitPattern: register.dsoHandle)
        var fact: Fact
        switch register.type {
        case .tlsKey: fact = Fact("tls_key_create", value: register.number)
        case .tlsKeyDelete: fact = Fact("tls_key_delete", value: register.number)
        case .signal: fact = Fact("signal_handler", value: register.number)
        case .exitHandler: fact = Fact("cxa_atexit", value: argument, detail: handle)
        case .onExit: fact = Fact("on_exit", value: argument)
        case .environ: fact = Fact("putenv", text: try texts.id(register.text))
        case .forkHandler: fact = Fact("atfork", value: register.number, detail: handle)
        case .threadLocal: fact = Fact("thread_local", value: argument, detail: handle)
        case .thread, .threadStack, .pointer, nil:
            fact = unknown(.register, type: register.typeNumber)
        }
        fact.library = try library(register.generation, process: process, state)
        fact.stack = try stack(register.stack, process: process, state)
        if register.type != .tlsKeyDelete { fact.address = register.address }
        return fact
    }

    /// What still refers to an object that goes. Frames that lie in it are of no library that is there.
    func leftFact(_ left: Record.Left, process: Int64, _ state: StreamState) throws -> Fact {
        let isKnown = LeftBehindTable.name(left.type) != nil
        var fact =
            isKnown
            ? Fact("left", value: left.number, detail: Int64(left.typeNumber))
            : unknown(.left, type: left.typeNumber)
        fact.library = try library(left.generation, process: process, state)
        fact.stack = try stack(left.stack, process: process, state, gone: left.generation)
        fact.address = left.address
        if !left.text.isEmpty { fact.text = try texts.id(left.text) }
        return fact
    }

    /// A handle that was closed for good is used.
    func staleFact(_ stale: Record.Stale, process: Int64, _ state: StreamState) throws -> Fact {
        var fact =
            switch stale.function {
            case .dlsym: Fact("dlsym", text: try texts.id(stale.name))
            case .dlvsym: Fact("dlvsym", text: try texts.id(stale.name))
            case .dlinfo: Fact("dlinfo")
            case nil: unknown(.stale, type: stale.functionNumber)
            }
        fact.library = try library(stale.generation, process: process, state)
        fact.stack = try stack(stale.stack, process: process, state)
        fact.address = stale.handle
        return fact
    }

    /// A kind that is known, of a type that came after this version.
    private func unknown(_ kind: RecordKind, type: UInt16) -> Fact {
        Fact("unknown", value: Int64(type), detail: Int64(kind.rawValue))
    }
}
