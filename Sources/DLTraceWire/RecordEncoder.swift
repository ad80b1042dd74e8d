// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire

/// Writes records as the interposer does: for tests, and for whoever makes traces.
package enum RecordEncoder {
    /// The version it writes.
    package static var version: UInt16 { WireFormat.version }

    /// The bytes of a record: one wire record for each part of at most `bodyMax` bytes of its body.
    ///
    /// What a field of the format can't hold is cut off.
    package static func encode(_ record: Record, bodyMax: Int = 4096 - 64) -> [UInt8] {
        let body = body(record.body)
        let room = max(
            8, min(bodyMax, WireFormat.recordMax - WireFormat.headerSize) & ~(WireFormat.align - 1))
        let parts = min(max(1, (body.count + room - 1) / room), WireFormat.partsMax)
        var bytes: [UInt8] = []
        for part in 0..<parts {
            let chunk = body.dropFirst(part * room).prefix(room)
            let padding = (WireFormat.align - chunk.count % WireFormat.align) % WireFormat.align
            let header = dlt_wire_header(
                magic: WireFormat.magic,
                version: record.header.version,
                kind: record.header.kind,
                length: UInt32(WireFormat.headerSize + chunk.count + padding),
                part: UInt16(part),
                parts: UInt16(parts),
                pid: record.header.pid,
                tid: record.header.tid,
                stream: record.header.stream,
                seq: record.header.seq,
                time_ns: record.header.timeNs,
                parent: record.header.parent,
                phase: record.header.phaseNumber,
                body_padding: UInt16(padding),
                reserved: 0)
            append(header, to: &bytes)
            bytes += chunk
            bytes += repeatElement(0, count: padding)
        }
        return bytes
    }

    /// The bytes of several records, one after the other.
    package static func encode(_ records: [Record]) -> [UInt8] {
        records.flatMap { encode($0) }
    }

    // MARK: - Bodies

    private static func body(_ body: Record.Body) -> [UInt8] {
        var bytes: [UInt8] = []
        switch body {
        case .hello(let hello): append(hello, to: &bytes)
        case .bye(let bye): append(dlt_wire_bye(status: bye.status, how: bye.howNumber), to: &bytes)
        case .lost(let lost): append(dlt_wire_lost(records: lost.records), to: &bytes)
        case .load(let load): append(load, to: &bytes)
        case .unload(let unload):
            append(dlt_wire_unload(generation: unload.generation, reserved: 0), to: &bytes)
        case .dlopen(let open), .dlmopen(let open): append(open, to: &bytes)
        case .dlclose(let close):
            append(
                dlt_wire_dlclose(
                    handle: close.handle, generation: close.generation, reserved: 0,
                    stack: stack(close.stack)), to: &bytes)
            append(close.stack, to: &bytes)
        case .fini(let fini), .initialization(let fini):
            append(dlt_wire_fini(generation: fini.generation, flags: fini.flags), to: &bytes)
        case .function(let call):
            append(
                dlt_wire_function(
                    function: call.function, argument: call.argument, dso_handle: call.dsoHandle,
                    generation: call.generation, type: call.typeNumber, reserved: 0), to: &bytes)
        case .end(let end):
            append(
                dlt_wire_end(
                    result: end.result, generation: end.generation, text_bytes: count(end.text)),
                to: &bytes)
            bytes += end.text.bytes
        case .exit(let exit):
            append(
                dlt_wire_exit(status: exit.status, how: exit.howNumber, stack: stack(exit.stack)),
                to: &bytes)
            append(exit.stack, to: &bytes)
        case .fault(let fault):
            append(
                dlt_wire_fault(
                    signal: fault.signal, code: fault.code, address: fault.address, pc: fault.pc,
                    sp: fault.sp, stack: stack(fault.stack)), to: &bytes)
            append(fault.stack, to: &bytes)
        case .fork(let fork):
            append(dlt_wire_fork(child_stream: fork.childStream), to: &bytes)
        case .register(let register): append(register, to: &bytes)
        case .thread(let thread):
            append(
                dlt_wire_thread(
                    function: thread.function, argument: thread.argument,
                    generation: thread.generation, reserved: 0, stack: stack(thread.stack)),
                to: &bytes)
            append(thread.stack, to: &bytes)
        case .threadStart(let start):
            append(
                dlt_wire_thread_start(
                    thread_seq: start.threadSeq, function: start.function,
                    generation: start.generation, reserved: 0), to: &bytes)
        case .left(let left): append(left, to: &bytes)
        case .stale(let stale):
            append(
                dlt_wire_stale(
                    handle: stale.handle, generation: stale.generation,
                    function: stale.functionNumber, reserved: 0, name_bytes: count(stale.name),
                    reserved_2: 0, stack: stack(stale.stack)), to: &bytes)
            append(stale.stack, to: &bytes)
            bytes += stale.name.bytes
        case .stayed(let stayed):
            append(
                dlt_wire_stayed(
                    generation: stayed.generation, holder_generation: stayed.holderGeneration,
                    reason: stayed.reasonNumber, reserved: 0, symbol_bytes: count(stayed.symbol)),
                to: &bytes)
            bytes += stayed.symbol.bytes
        case .unknown:
            break
        }
        return bytes
    }

    private static func append(_ hello: Record.Hello, to bytes: inout [UInt8]) {
        let arguments = joined(hello.arguments)
        append(
            dlt_wire_hello(
                realtime_ns: hello.realtimeNs,
                parent_stream: hello.parentStream,
                parent_seq: hello.parentSeq,
                ppid: hello.ppid,
                flags: hello.flags,
                executable_bytes: count(hello.executable),
                arguments_bytes: UInt32(truncatingIfNeeded: arguments.count),
                version_bytes: count(hello.interposerVersion),
                reserved: 0), to: &bytes)
        bytes += hello.executable.bytes + arguments + hello.interposerVersion.bytes
    }

    private static func append(_ load: Record.Load, to bytes: inout [UInt8]) {
        let needed = joined(load.needed)
        append(
            dlt_wire_load(
                link_map: load.linkMap,
                base: load.base,
                start: load.start,
                end: load.end,
                generation: load.generation,
                flags_1: load.flags1,
                lmid: load.namespace,
                origin: load.originNumber,
                properties: load.properties.rawValue,
                path_bytes: count(load.path),
                soname_bytes: count(load.soname),
                build_id_bytes: UInt32(truncatingIfNeeded: load.buildID.count),
                needed_bytes: UInt32(truncatingIfNeeded: needed.count)), to: &bytes)
        bytes += load.path.bytes + load.soname.bytes + load.buildID + needed
    }

    private static func append(_ open: Record.Open, to bytes: inout [UInt8]) {
        append(
            dlt_wire_dlopen(
                lmid: open.namespace, flags: open.flags,
                name_bytes: open.name.map(count) ?? WireFormat.noName, stack: stack(open.stack)),
            to: &bytes)
        append(open.stack, to: &bytes)
        bytes += open.name?.bytes ?? []
    }

    private static func append(_ register: Record.Register, to bytes: inout [UInt8]) {
        append(
            dlt_wire_register(
                address: register.address, argument: register.argument,
                dso_handle: register.dsoHandle, number: register.number,
                generation: register.generation, type: register.typeNumber, reserved: 0,
                text_bytes: count(register.text), reserved_2: 0, stack: stack(register.stack)),
            to: &bytes)
        append(register.stack, to: &bytes)
        bytes += register.text.bytes
    }

    private static func append(_ left: Record.Left, to bytes: inout [UInt8]) {
        append(
            dlt_wire_left(
                address: left.address, number: left.number, holder: left.holder,
                registered_seq: left.registeredSeq, registered_stream: left.registeredStream,
                generation: left.generation, holder_generation: left.holderGeneration,
                type: left.typeNumber, reserved: 0, text_bytes: count(left.text),
                stack: stack(left.stack)), to: &bytes)
        append(left.stack, to: &bytes)
        bytes += left.text.bytes
    }

    // MARK: - Pieces

    private static func stack(_ stack: WireStack) -> dlt_wire_stack {
        dlt_wire_stack(
            count: UInt16(min(stack.addresses.count, WireFormat.framesMax)),
            flags: stack.flags.rawValue, reserved: 0)
    }

    private static func append(_ stack: WireStack, to bytes: inout [UInt8]) {
        for address in stack.addresses.prefix(WireFormat.framesMax) { append(address, to: &bytes) }
    }

    private static func count(_ text: WireText) -> UInt32 {
        UInt32(truncatingIfNeeded: text.bytes.count)
    }

    private static func joined(_ texts: [WireText]) -> [UInt8] {
        texts.flatMap { $0.bytes + [0] }
    }

    private static func append<Value: BitwiseCopyable>(_ value: Value, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }
}
