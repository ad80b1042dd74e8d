// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// Writes a record as the texts beside the golden bytes have it.
enum RecordText {
    static func text(_ record: Record) -> String {
        let header = record.header
        var lines = [
            record.body.kind.map { "\($0)" } ?? "kind \(header.kind)",
            "  version \(header.version)",
            "  pid \(header.pid)",
            "  tid \(header.tid)",
            "  stream \(hex(header.stream))",
            "  seq \(header.seq)",
            "  time_ns \(header.timeNs)",
            "  parent \(header.parent)",
            "  phase " + (header.phase.map { "\($0)" } ?? "\(header.phaseNumber)"),
        ]
        lines += body(record.body).map { "  " + $0 }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func body(_ body: Record.Body) -> [String] {
        switch body {
        case .hello(let hello):
            [
                "realtime_ns \(hello.realtimeNs)",
                "parent_stream \(hex(hello.parentStream))",
                "parent_seq \(hello.parentSeq)",
                "ppid \(hello.ppid)",
                "flags \(hex(hello.flags))",
                "executable \(text(hello.executable))",
                "arguments " + hello.arguments.map(text).joined(separator: " "),
                "version \(text(hello.interposerVersion))",
            ]
        case .bye(let bye):
            ["status \(bye.status)", "how \(how(bye.how, bye.howNumber))"]
        case .lost(let lost):
            ["records \(lost.records)"]
        case .load(let load):
            [
                "link_map \(hex(load.linkMap))",
                "base \(hex(load.base))",
                "start \(hex(load.start))",
                "end \(hex(load.end))",
                "generation \(load.generation)",
                "flags_1 \(hex(load.flags1))",
                "namespace \(load.namespace)",
                "origin " + (load.origin.map { "\($0)" } ?? "\(load.originNumber)"),
                "properties \(hex(load.properties.rawValue))",
                "path \(text(load.path))",
                "soname \(text(load.soname))",
                "build_id " + load.buildID.map { byte($0) }.joined(),
                "needed " + load.needed.map(text).joined(separator: " "),
            ]
        case .unload(let unload):
            ["generation \(unload.generation)"]
        case .dlopen(let open), .dlmopen(let open):
            [
                "name " + (open.name.map(text) ?? "none"),
                "flags \(hex(open.flags))",
                "namespace \(open.namespace)",
            ] + stack(open.stack)
        case .dlclose(let close):
            ["handle \(hex(close.handle))", "generation \(close.generation)"] + stack(close.stack)
        case .fini(let fini), .initialization(let fini):
            ["generation \(fini.generation)", "flags \(hex(fini.flags))"]
        case .function(let function):
            [
                "function \(hex(function.function))",
                "argument \(hex(function.argument))",
                "dso_handle \(hex(function.dsoHandle))",
                "generation \(function.generation)",
                "type " + (function.type.map { "\($0)" } ?? "\(function.typeNumber)"),
            ]
        case .end(let end):
            [
                "result \(hex(end.result))", "generation \(end.generation)",
                "text \(text(end.text))",
            ]
        case .exit(let exit):
            ["status \(exit.status)", "how \(how(exit.how, exit.howNumber))"] + stack(exit.stack)
        case .fault(let fault):
            [
                "signal \(fault.signal)",
                "code \(fault.code)",
                "address \(hex(fault.address))",
                "pc \(hex(fault.pc))",
                "sp \(hex(fault.sp))",
            ] + stack(fault.stack)
        case .fork(let fork):
            ["child_stream \(hex(fork.childStream))"]
        case .register(let register):
            [
                "address \(hex(register.address))",
                "argument \(hex(register.argument))",
                "dso_handle \(hex(register.dsoHandle))",
                "number \(register.number)",
                "generation \(register.generation)",
                "type " + (register.type.map { "\($0)" } ?? "\(register.typeNumber)"),
                "text \(text(register.text))",
            ] + stack(register.stack)
        case .thread(let thread):
            [
                "function \(hex(thread.function))", "argument \(hex(thread.argument))",
                "generation \(thread.generation)",
            ] + stack(thread.stack)
        case .threadStart(let start):
            [
                "thread_seq \(start.threadSeq)", "function \(hex(start.function))",
                "generation \(start.generation)",
            ]
        case .left(let left):
            [
                "address \(hex(left.address))",
                "number \(left.number)",
                "holder \(hex(left.holder))",
                "registered_seq \(left.registeredSeq)",
                "registered_stream \(hex(left.registeredStream))",
                "generation \(left.generation)",
                "holder_generation \(left.holderGeneration)",
                "type " + (left.type.map { "\($0)" } ?? "\(left.typeNumber)"),
                "text \(text(left.text))",
            ] + stack(left.stack)
        case .stale(let stale):
            [
                "handle \(hex(stale.handle))",
                "generation \(stale.generation)",
                "function " + (stale.function.map { "\($0)" } ?? "\(stale.functionNumber)"),
                "name \(text(stale.name))",
            ] + stack(stale.stack)
        case .stayed(let stayed):
            [
                "generation \(stayed.generation)",
                "holder_generation \(stayed.holderGeneration)",
                "reason " + (stayed.reason.map { "\($0)" } ?? "\(stayed.reasonNumber)"),
                "symbol \(text(stayed.symbol))",
            ]
        case .unknown:
            []
        }
    }

    private static func stack(_ stack: WireStack) -> [String] {
        ["stack flags \(hex(stack.flags.rawValue))"] + stack.addresses.map { "  \(hex($0))" }
    }

    private static func how(_ how: ExitHow?, _ number: UInt32) -> String {
        how.map { "\($0)" } ?? "\(number)"
    }

    private static func text(_ text: WireText) -> String {
        let escaped = text.bytes.map { byte in
            (0x20..<0x7f).contains(byte) && byte != 0x22 && byte != 0x5c
                ? String(UnicodeScalar(byte)) : "\\x" + self.byte(byte)
        }
        return "\"" + escaped.joined() + "\""
    }

    private static func byte(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func hex(_ value: some BinaryInteger) -> String {
        "0x" + String(value, radix: 16)
    }
}
