// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// Records as whoever may write the pipe or a spill file can forge them: each kind of lie in a stream of its own, and
/// all of them by a process that is not the honest one.
enum HostileStreams {
    /// No process has this number: it is above every limit of the kernel's.
    static let nobody: UInt32 = 0x7fff_ffff

    /// What lies, and its bytes, with a program that is lied about.
    static func all(about honest: FakeProgram) -> [(name: String, bytes: [UInt8])] {
        [
            ("ids", ids(honest)), ("times", times()), ("numbers", numbers()),
            ("lengths", lengths()),
            ("hello-twice", helloTwice()), ("parts", parts()), ("lost", lost()),
            ("stacks", stacks()), ("texts", texts()), ("parents", parents()), ("forks", forks()),
            ("extents", extents()), ("extremes", extremes()), ("after-bye", afterBye()),
            ("replayed", replayed()),
        ]
    }

    // MARK: - Who

    /// Another process's stream with another pid, and one's own stream with another's pid.
    private static func ids(_ honest: FakeProgram) -> [UInt8] {
        record(honest.stream, 1_000_000, pid: nobody, .bye(.init(status: 9)))
            + record(honest.stream, .max, pid: honest.pid, .bye(.init(status: 9)))
            + record(0xb01, 1, hello()) + record(0xb01, 2, pid: honest.pid, .bye(.init(status: 9)))
            + record(0xb01, 2, .bye(.init(status: 1)))
    }

    private static func helloTwice() -> [UInt8] {
        record(0xb02, 1, hello("/bin/first")) + record(0xb02, 1, hello("/bin/second"))
            + record(0xb02, 2, hello("/bin/third")) + record(0xb02, 3, .bye(.init(status: 0)))
    }

    /// A child of itself, two that are each other's, and a chain of parents that never come.
    private static func forks() -> [UInt8] {
        var bytes = record(0xb03, 1, hello(parent: 0xb03, seq: .max))
        bytes += record(0xb04, 1, hello(parent: 0xb05, seq: 1))
        bytes += record(0xb05, 1, hello(parent: 0xb04, seq: 1))
        for child in 0..<50 as Range<UInt64> {
            bytes += record(0xb0100 + child, 1, hello(parent: 0xb0100 + child + 1, seq: 5))
            bytes += record(0xb0100 + child, 2, .fork(.init(childStream: 0xb0100 + child)))
        }
        return bytes
    }

    // MARK: - When, and in which order

    private static func times() -> [UInt8] {
        let times: [UInt64] = [.max, 1 << 63, (1 << 63) - 1, 5, 0, 1 << 62, 4, 3, 2]
        var bytes = record(0xb06, 1, hello(realtime: .max), time: .max)
        for (seq, time) in times.enumerated() {
            bytes += record(0xb06, UInt64(seq) + 2, open("t"), time: time)
        }
        bytes += record(0xb06, 20, .bye(.init(status: 0)), time: 1)
        return bytes + record(0xb07, 1, hello(realtime: 1 << 63), time: 1 << 63)
            + record(0xb07, 2, .bye(.init(status: 0)), time: (1 << 63) - 1)
    }

    private static func numbers() -> [UInt8] {
        record(0xb08, .max, open("n")) + record(0xb08, 1 << 63, open("n"))
            + record(0xb09, 1, hello()) + record(0xb09, 1 << 32, open("n"))
            + record(0xb09, .max, open("n")) + record(0xb09, (1 << 63) - 1, open("n"))
            + record(0xb09, 0, open("n")) + record(0xb09, 2, open("n"))
    }

    private static func replayed() -> [UInt8] {
        let once =
            record(0xb0a, 1, hello()) + record(0xb0a, 3, open("r")) + record(0xb0a, 2, open("r"))
        return once + once + once
    }

    private static func afterBye() -> [UInt8] {
        record(0xb0b, 1, hello()) + record(0xb0b, 2, .bye(.init(status: .min, howNumber: .max)))
            + record(0xb0b, 3, open("late")) + record(0xb0b, 4, .bye(.init(status: .max)))
            + record(0xb0b, 5, hello("/bin/again"))
    }

    private static func lost() -> [UInt8] {
        record(0xb0c, 1, hello()) + record(0xb0c, 2, .lost(.init(records: .max)))
            + record(0xb0c, 3, .lost(.init(records: .max)))
            + record(0xb0d, 1, hello()) + record(0xb0d, 1 << 31, .lost(.init(records: 1 << 63)))
    }

    // MARK: - How much

    /// The length of the record, of its padding and of each text in it.
    private static func lengths() -> [UInt8] {
        var bytes: [UInt8] = []
        let good = record(0xb0e, 1, hello())
        for place in [8, 9, 12, 14, 58] + Array(96..<108) {
            for value: UInt8 in [0, 1, 7, 8, 0x40, 0x7f, 0xff] {
                var lie = good
                lie[place] = value
                bytes += lie
            }
        }
        return bytes + record(0xb0e, 2, .bye(.init(status: 0)))
    }

    /// Parts that never all come.
    private static func parts() -> [UInt8] {
        let long = WireText(bytes: [UInt8](repeating: 0x61, count: 9_000))
        return (1...2_000).flatMap { seq in
            Array(
                record(0xb0f + UInt64(seq % 3), UInt64(seq), .dlopen(.init(name: long, flags: 2)))
                    .prefix(4_096))
        }
    }

    private static func stacks() -> [UInt8] {
        let places: [UInt64] = [0, 1, .max, .max - 1, 1 << 63, (1 << 63) - 1]
        let addresses = (0..<128).map { places[$0 % places.count] &+ UInt64($0) }
        var bytes = record(0xb10, 1, hello())
        for seq in 2...40 as ClosedRange<UInt64> {
            let stack = WireStack(addresses, flags: StackFlags(rawValue: UInt16(seq % 16)))
            bytes += record(0xb10, seq, .dlopen(.init(name: "s", flags: .max, stack: stack)))
        }
        let stack = WireStack(addresses, flags: StackFlags(rawValue: 2))
        return bytes
            + record(
                0xb10, 41,
                .fault(
                    .init(
                        signal: .min, code: .max, address: .max, pc: .max, sp: 0, stack: stack)))
    }

    private static func texts() -> [UInt8] {
        let texts: [[UInt8]] = [
            [], [0], Array("/a\0b".utf8), [0xff, 0xfe, 0xc0, 0x80],
            Array("/\u{1b}[2J\r\n\u{7}".utf8),
            [UInt8](repeating: 0x2f, count: 64 * 4_032 - 512),
            [UInt8](repeating: 0xff, count: 64 * 4_032 - 512),
        ]
        var bytes = record(0xb11, 1, hello("/\u{1b}]0;x\u{7}"))
        for (index, text) in texts.enumerated() {
            let (seq, text) = (UInt64(index) * 3 + 2, WireText(bytes: text))
            bytes += record(0xb11, seq, .dlopen(.init(name: text, flags: 2)))
            bytes += record(
                0xb11, seq + 1, .end(.init(result: 0, generation: 0, text: text)), parent: seq)
            bytes += record(
                0xb11, seq + 2,
                .load(
                    .init(
                        base: 0x1000, start: 0x1000, end: 0x2000, generation: UInt32(index) + 1,
                        path: text, soname: text, buildID: Array(text.bytes.prefix(70_000)),
                        needed: [text.bytes.count > 100 ? "x" : text])))
        }
        return bytes
    }

    // MARK: - What belongs to what

    /// Events beneath themselves, beneath later ones, in circles, and three thousand deep; ENDs of what never began.
    private static func parents() -> [UInt8] {
        var bytes = record(0xb12, 1, hello())
        bytes += record(0xb12, 2, open("p"), parent: 2) + record(0xb12, 3, open("p"), parent: 4)
        bytes += record(0xb12, 4, open("p"), parent: 3) + record(0xb12, 5, open("p"), parent: .max)
        for seq in 6..<3_000 as Range<UInt64> {
            bytes += record(
                0xb12, seq, .dlclose(.init(handle: 1, generation: 1, stack: WireStack([1]))),
                parent: seq - 1)
        }
        for seq in 3_000..<3_100 as Range<UInt64> {
            bytes += record(
                0xb12, seq, .end(.init(result: seq, generation: .max)),
                parent: seq % 2 == 0 ? seq : 6)
        }
        return bytes
    }

    /// Libraries in one place, over everything, the wrong way round; gone twice, and never there.
    private static func extents() -> [UInt8] {
        let extents: [(start: UInt64, end: UInt64)] = [
            (0, .max), (.max, 0), (5, 5), (1 << 63, (1 << 63) + 1), (0x1000, 0x2000),
            (0x1800, 0x2800),
        ]
        var bytes = record(0xb13, 1, hello())
        var seq: UInt64 = 2
        for round in 0..<20 as Range<UInt32> {
            for (index, extent) in extents.enumerated() {
                let needed = "x\((index + 1) % 6).so"
                let load = Record.Load(
                    linkMap: .max, base: extent.start &+ 1, start: extent.start, end: extent.end,
                    generation: round * 6 + UInt32(index), originNumber: UInt16(index),
                    path: WireText(bytes: Array("/lib/x\(index).so".utf8)),
                    needed: [WireText(bytes: Array(needed.utf8))])
                bytes += record(0xb13, seq, .load(load))
                bytes += record(0xb13, seq + 1, .unload(.init(generation: round * 3)))
                seq += 2
            }
        }
        return bytes
    }

    /// Every kind with the highest and lowest numbers, in every phase.
    private static func extremes() -> [UInt8] {
        let stack = WireStack([0, .max, 1 << 63], flags: StackFlags(rawValue: .max))
        var bodies: [Record.Body] = [
            .fini(.init(generation: .max, flags: .max)),
            .initialization(.init(generation: .max, flags: .max)),
            .exit(.init(status: .min, howNumber: .max, stack: stack)),
            .fork(.init(childStream: .max)), .unknown(kind: .max),
            .thread(.init(function: .max, argument: .max, generation: .max, stack: stack)),
            .threadStart(.init(threadSeq: .max, function: .max, generation: .max)),
            .dlmopen(.init(name: nil, flags: .max, namespace: .min, stack: stack)),
            .fault(.init(signal: .max, code: .min, address: 0, pc: 0, sp: .max, stack: stack)),
            .fault(.init(signal: 11, code: 1, address: 1 << 63, pc: 1 << 63, sp: 1, stack: stack)),
        ]
        for type in [UInt16](0...12) + [.max] {
            bodies += [
                .function(
                    .init(
                        function: .max, argument: .max, dsoHandle: .max, generation: .max,
                        typeNumber: type)),
                .register(
                    .init(
                        address: .max, argument: .max, dsoHandle: .max, number: .min,
                        generation: .max, typeNumber: type, text: "X\u{1b}", stack: stack)),
                .left(
                    .init(
                        address: .max, number: .max, generation: .max, typeNumber: type,
                        holder: .max, holderGeneration: .max, registeredStream: 0xb14,
                        registeredSeq: .max, text: "Y", stack: stack)),
                .stale(
                    .init(
                        handle: .max, generation: .max, functionNumber: type, name: "z",
                        stack: stack)),
                .stayed(
                    .init(
                        generation: .max, holderGeneration: .max, reasonNumber: type, symbol: "_Z")
                ),
            ]
        }
        var bytes = record(0xb14, 1, hello())
        for (index, body) in bodies.enumerated() {
            bytes += record(
                0xb14, UInt64(index) + 2, body, parent: UInt64(index), phase: UInt16(index % 8))
        }
        return bytes
    }

    // MARK: - Records

    private static func hello(
        _ executable: WireText = "/bin/liar", parent: UInt64 = 0, seq: UInt64 = 0,
        realtime: UInt64 = 1_000_000
    ) -> Record.Body {
        .hello(
            .init(
                realtimeNs: realtime, parentStream: parent, parentSeq: seq, ppid: .max, flags: .max,
                executable: executable, arguments: [executable, ""]))
    }

    private static func open(_ name: WireText) -> Record.Body {
        .dlopen(.init(name: name, flags: 2, stack: WireStack([0x1100])))
    }

    private static func record(
        _ stream: UInt64, _ seq: UInt64, pid: UInt32 = nobody, _ body: Record.Body,
        parent: UInt64 = 0, time: UInt64 = 7, phase: UInt16 = 0
    ) -> [UInt8] {
        var header = RecordHeader(
            kind: body.kind ?? .hello, pid: pid, stream: stream, seq: seq, timeNs: time,
            parent: parent)
        if case .unknown(let kind) = body { header.kind = kind }
        header.phaseNumber = phase
        return RecordEncoder.encode(Record(header: header, body: body))
    }
}
