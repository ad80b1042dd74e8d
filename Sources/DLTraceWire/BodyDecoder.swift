// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire

/// Makes a body of its bytes.
enum BodyDecoder {
    typealias Malformed = BodyReader.Malformed

    /// The body of this kind; `.unknown` where the kind is not known.
    static func decode(
        kind number: UInt16, _ bytes: UnsafeRawBufferPointer
    ) throws(Malformed) -> Record.Body {
        guard let kind = RecordKind(rawValue: number) else { return .unknown(kind: number) }
        var reader = BodyReader(bytes)
        let body = try body(kind, &reader)
        guard reader.isAtEnd else { throw Malformed() }
        return body
    }

    private static func body(
        _ kind: RecordKind, _ reader: inout BodyReader
    ) throws(Malformed) -> Record.Body {
        switch kind {
        case .hello: .hello(try hello(&reader))
        case .bye: .bye(try bye(&reader))
        case .lost: .lost(Record.Lost(records: try reader.value(dlt_wire_lost.self).records))
        case .load: .load(try load(&reader))
        case .unload:
            .unload(Record.Unload(generation: try reader.value(dlt_wire_unload.self).generation))
        case .dlopen: .dlopen(try open(&reader))
        case .dlmopen: .dlmopen(try open(&reader))
        case .dlclose: .dlclose(try close(&reader))
        case .fini: .fini(try fini(&reader))
        case .function: .function(try function(&reader))
        case .end: .end(try end(&reader))
        case .exit: .exit(try exit(&reader))
        case .fault: .fault(try fault(&reader))
        case .fork:
            .fork(Record.Fork(childStream: try reader.value(dlt_wire_fork.self).child_stream))
        case .initialization: .initialization(try fini(&reader))
        case .register: .register(try register(&reader))
        case .thread: .thread(try thread(&reader))
        case .threadStart: .threadStart(try threadStart(&reader))
        case .left: .left(try left(&reader))
        case .stale: .stale(try stale(&reader))
        case .stayed: .stayed(try stayed(&reader))
        }
    }

    private static func hello(_ reader: inout BodyReader) throws(Malformed) -> Record.Hello {
        let wire = try reader.value(dlt_wire_hello.self)
        return Record.Hello(
            realtimeNs: wire.realtime_ns,
            parentStream: wire.parent_stream,
            parentSeq: wire.parent_seq,
            ppid: wire.ppid,
            flags: wire.flags,
            executable: try reader.text(wire.executable_bytes),
            arguments: try reader.texts(wire.arguments_bytes),
            interposerVersion: try reader.text(wire.version_bytes))
    }

    private static func bye(_ reader: inout BodyReader) throws(Malformed) -> Record.Bye {
        let wire = try reader.value(dlt_wire_bye.self)
        return Record.Bye(status: wire.status, howNumber: wire.how)
    }

    private static func load(_ reader: inout BodyReader) throws(Malformed) -> Record.Load {
        let wire = try reader.value(dlt_wire_load.self)
        return Record.Load(
            linkMap: wire.link_map,
            base: wire.base,
            start: wire.start,
            end: wire.end,
            generation: wire.generation,
            flags1: wire.flags_1,
            namespace: wire.lmid,
            originNumber: wire.origin,
            properties: LibraryProperties(rawValue: wire.properties),
            path: try reader.text(wire.path_bytes),
            soname: try reader.text(wire.soname_bytes),
            buildID: try reader.bytes(wire.build_id_bytes),
            needed: try reader.texts(wire.needed_bytes))
    }

    private static func open(_ reader: inout BodyReader) throws(Malformed) -> Record.Open {
        let wire = try reader.value(dlt_wire_dlopen.self)
        let stack = try stack(wire.stack, &reader)
        let name = wire.name_bytes == WireFormat.noName ? nil : try reader.text(wire.name_bytes)
        return Record.Open(name: name, flags: wire.flags, namespace: wire.lmid, stack: stack)
    }

    private static func close(_ reader: inout BodyReader) throws(Malformed) -> Record.Close {
        let wire = try reader.value(dlt_wire_dlclose.self)
        return Record.Close(
            handle: wire.handle, generation: wire.generation, stack: try stack(wire.stack, &reader))
    }

    private static func fini(_ reader: inout BodyReader) throws(Malformed) -> Record.Fini {
        let wire = try reader.value(dlt_wire_fini.self)
        return Record.Fini(generation: wire.generation, flags: wire.flags)
    }

    private static func function(_ reader: inout BodyReader) throws(Malformed) -> Record.Function {
        let wire = try reader.value(dlt_wire_function.self)
        return Record.Function(
            function: wire.function, argument: wire.argument, dsoHandle: wire.dso_handle,
            generation: wire.generation, typeNumber: wire.type)
    }

    private static func end(_ reader: inout BodyReader) throws(Malformed) -> Record.End {
        let wire = try reader.value(dlt_wire_end.self)
        return Record.End(
            result: wire.result, generation: wire.generation,
            text: try reader.text(wire.text_bytes))
    }

    private static func exit(_ reader: inout BodyReader) throws(Malformed) -> Record.Exit {
        let wire = try reader.value(dlt_wire_exit.self)
        return Record.Exit(
            status: wire.status, howNumber: wire.how, stack: try stack(wire.stack, &reader))
    }

    private static func fault(_ reader: inout BodyReader) throws(Malformed) -> Record.Fault {
        let wire = try reader.value(dlt_wire_fault.self)
        return Record.Fault(
            signal: wire.signal, code: wire.code, address: wire.address, pc: wire.pc, sp: wire.sp,
            stack: try stack(wire.stack, &reader))
    }

    private static func register(_ reader: inout BodyReader) throws(Malformed) -> Record.Register {
        let wire = try reader.value(dlt_wire_register.self)
        let stack = try stack(wire.stack, &reader)
        return Record.Register(
            address: wire.address, argument: wire.argument, dsoHandle: wire.dso_handle,
            number: wire.number, generation: wire.generation, typeNumber: wire.type,
            text: try reader.text(wire.text_bytes), stack: stack)
    }

    private static func thread(_ reader: inout BodyReader) throws(Malformed) -> Record.Thread {
        let wire = try reader.value(dlt_wire_thread.self)
        return Record.Thread(
            function: wire.function, argument: wire.argument, generation: wire.generation,
            stack: try stack(wire.stack, &reader))
    }

    private static func threadStart(
        _ reader: inout BodyReader
    ) throws(Malformed) -> Record.ThreadStart {
        let wire = try reader.value(dlt_wire_thread_start.self)
        return Record.ThreadStart(
            threadSeq: wire.thread_seq, function: wire.function, generation: wire.generation)
    }

    private static func left(_ reader: inout BodyReader) throws(Malformed) -> Record.Left {
        let wire = try reader.value(dlt_wire_left.self)
        let stack = try stack(wire.stack, &reader)
        return Record.Left(
            address: wire.address, number: wire.number, generation: wire.generation,
            typeNumber: wire.type, holder: wire.holder, holderGeneration: wire.holder_generation,
            registeredStream: wire.registered_stream, registeredSeq: wire.registered_seq,
            text: try reader.text(wire.text_bytes), stack: stack)
    }

    private static func stale(_ reader: inout BodyReader) throws(Malformed) -> Record.Stale {
        let wire = try reader.value(dlt_wire_stale.self)
        let stack = try stack(wire.stack, &reader)
        return Record.Stale(
            handle: wire.handle, generation: wire.generation, functionNumber: wire.function,
            name: try reader.text(wire.name_bytes), stack: stack)
    }

    private static func stayed(_ reader: inout BodyReader) throws(Malformed) -> Record.Stayed {
        let wire = try reader.value(dlt_wire_stayed.self)
        return Record.Stayed(
            generation: wire.generation, holderGeneration: wire.holder_generation,
            reasonNumber: wire.reason, symbol: try reader.text(wire.symbol_bytes))
    }

    private static func stack(
        _ wire: dlt_wire_stack, _ reader: inout BodyReader
    ) throws(Malformed) -> WireStack {
        WireStack(try reader.addresses(wire.count), flags: StackFlags(rawValue: wire.flags))
    }
}
