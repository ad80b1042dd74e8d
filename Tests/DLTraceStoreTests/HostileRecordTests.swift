// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Testing

@testable import DLTraceStore

/// Whoever can write the pipe can forge any record.
@Suite struct HostileRecordTests {
    private static func good() -> Process {
        var process = Process(stream: 1, pid: 10)
        process.hello()
        process.load(1, "/lib/a.so", at: 0x1000)
        process.open("x", from: [0x1100])
        process.bye()
        return process
    }

    private static func forged(
        seq: UInt64, stream: UInt64 = 1, pid: UInt32 = 10, _ body: DLTraceWire.Record.Body
    ) -> DLTraceWire.Record {
        DLTraceWire.Record(
            header: RecordHeader(
                kind: body.kind ?? .hello, pid: pid, stream: stream, seq: seq, timeNs: .max,
                parent: .max),
            body: body)
    }

    @Test("Records that can't be of their stream are refused and told of")
    func refused() throws {
        let good = Self.good().records
        let bad = [
            Self.forged(seq: 2, pid: 11, .unload(.init(generation: 1))),
            Self.forged(seq: .max, .unload(.init(generation: 1))),
            Self.forged(seq: 1 << 62, .unload(.init(generation: 1))),
        ]
        let folder = try TraceFolder()
        try folder.store([good[0]] + bad + good[1...])
        #expect(try folder.rows("SELECT count(*) FROM event") == ["4"])
        #expect(try folder.rows("SELECT * FROM gap") == [])
        #expect(
            try folder.rows("SELECT source, reason FROM broken_input ORDER BY id") == [
                "stream 1|record 2 claims pid 11, not 10",
                "stream 1|pid 10's record 18446744073709551615 can't follow record 1",
                "stream 1|pid 10's record 4611686018427387904 can't follow record 1",
            ])
    }

    @Test("A seq of 2^64-1 that begins a stream is refused")
    func lastSeq() throws {
        let folder = try TraceFolder()
        try folder.store([Self.forged(seq: .max, .bye(.init(status: 0)))])
        #expect(try folder.rows("SELECT count(*) FROM process") == ["0"])
    }

    @Test("Extreme values in every field are stored and do no harm")
    func extremes() throws {
        let stack = WireStack([0, 1, .max, .max - 1], flags: StackFlags(rawValue: .max))
        var bodies: [DLTraceWire.Record.Body] = [
            .hello(
                .init(
                    realtimeNs: .max, parentStream: .max, parentSeq: .max, ppid: .max, flags: .max,
                    executable: WireText(bytes: [0, 0xff]),
                    arguments: [WireText(bytes: [0, 0xff])],
                    interposerVersion: WireText(bytes: [0]))),
            .load(
                .init(
                    linkMap: .max, base: .max, start: .max, end: 0, generation: 0, flags1: .max,
                    namespace: .max, originNumber: .max,
                    properties: LibraryProperties(rawValue: .max), path: "", soname: "",
                    buildID: [UInt8](repeating: 1, count: 5000), needed: ["", ""])),
            .load(.init(base: 0, start: 0, end: .max, generation: .max, path: "/all")),
            .load(.init(base: 0, start: 5, end: .max, generation: .max, path: "/again")),
            .unload(.init(generation: .max)), .unload(.init(generation: .max)),
            .dlopen(.init(name: nil, flags: .max, namespace: .min, stack: stack)),
            .dlclose(.init(handle: .max, generation: .max, stack: stack)),
            .fini(.init(generation: .max, flags: .max)),
            .function(
                .init(
                    function: .max, argument: .max, dsoHandle: .max, generation: .max,
                    typeNumber: .max)),
            .end(.init(result: .max, generation: .max)),
            .exit(.init(status: .min, howNumber: .max, stack: stack)),
            .fault(
                .init(signal: .min, code: .max, address: .max, pc: .max, sp: .max, stack: stack)),
            .fork(.init(childStream: .max)), .lost(.init(records: .max)),
            .bye(.init(status: .min, howNumber: .max)),
            .bye(.init(status: .max, howNumber: 0)),
            .unknown(kind: .max),
        ]
        for type in [UInt16](0...12) + [.max] {
            bodies += [
                .register(
                    .init(
                        address: .max, argument: .max, dsoHandle: .max, number: .min,
                        generation: .max, typeNumber: type, text: WireText(bytes: [0, 0xff]),
                        stack: stack)),
                .left(
                    .init(
                        address: .max, number: .min, generation: .max, typeNumber: type,
                        holder: .max, holderGeneration: .max, registeredStream: 1,
                        registeredSeq: .max, text: WireText(bytes: [0, 0xff]), stack: stack)),
                .stale(
                    .init(
                        handle: .max, generation: .max, functionNumber: type,
                        name: WireText(bytes: [0, 0xff]), stack: stack)),
                .stayed(
                    .init(
                        generation: .max, holderGeneration: .max, reasonNumber: type,
                        symbol: WireText(bytes: [0, 0xff]))),
            ]
        }
        bodies += [
            .thread(
                .init(function: .max, argument: .max, generation: .max, stack: stack)),
            .threadStart(.init(threadSeq: .max, function: .max, generation: .max)),
        ]
        let records = bodies.enumerated().map { Self.forged(seq: UInt64($0 + 1), $1) }
        let folder = try TraceFolder()
        try folder.store(records)
        #expect(try folder.rows("SELECT count(*) FROM event") == ["\(bodies.count)"])
        #expect(try folder.rows("SELECT * FROM gap") == [])
        #expect(try folder.damage() == [])
    }

    @Test("A flood of streams with one record each is stored")
    func manyStreams() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        for batch in 0..<6 {
            try writer.append(
                (0..<1000).map { index in
                    let stream = UInt64(batch * 1000 + index + 1)
                    return Self.forged(
                        seq: 2 + stream % 2, stream: stream, pid: 1, .fork(.init(childStream: 1)))
                })
        }
        try writer.finish()
        #expect(try folder.rows("SELECT count(*) FROM event") == ["6000"])
        #expect(try folder.rows("SELECT count(*) FROM gap") == ["6000"])
    }

    @Test("More libraries than are kept in memory are stored")
    func manyLibraries() throws {
        var process = Process(stream: 1, pid: 1)
        process.hello()
        let count = UInt32(LiveLibraries.limit + 10)
        for generation in 1...count {
            process.load(generation, "/lib/a.so", at: UInt64(generation) << 12)
        }
        process.unload(count)
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(
            try folder.rows(
                "SELECT generation FROM event JOIN library ON id = library_id WHERE kind = 'unload'"
            )
                == ["\(count)"])
    }

    @Test("Broken input is told of, but not without end")
    func brokenInput() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        for offset in 0..<1100 as Range<UInt64> {
            try writer.append(
                broken: BrokenInput(
                    offset: offset == 1 ? .max : offset, skipped: 3, reason: .noMagic,
                    stream: .max), source: "/run/pipe")
        }
        try writer.finish()
        #expect(
            try folder.rows(
                """
                SELECT source, offset_bytes, skipped_bytes, reason, stream FROM broken_input LIMIT 2
                """) == [
                    "/run/pipe|0|3|no record begins here|-1",
                    "/run/pipe|9223372036854775807|3|no record begins here|-1",
                ])
        #expect(try folder.rows("SELECT count(*) FROM broken_input") == ["1000"])
    }

    @Test("Of very many sources that are broken only the first input of each is told of")
    func brokenSources() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(
            path: folder.path, limits: Ingest.Limits(brokenInputs: 25))
        for source in 1...5 {
            for offset in 0..<10 as Range<UInt64> {
                try writer.append(
                    broken: BrokenInput(offset: offset, skipped: 1, reason: .body),
                    source: "/spill/\(source)")
            }
        }
        try writer.finish()
        #expect(
            try folder.rows("SELECT COUNT(*) FROM broken_input GROUP BY source ORDER BY source")
                == [
                    "10", "10", "5", "1", "1",
                ])
    }

    @Test("Broken input of a source that is read again is told of once")
    func brokenInputAgain() throws {
        let folder = try TraceFolder()
        for _ in 0..<3 {
            let writer = try TraceWriter(path: folder.path)
            for source in ["/spill/1", "/spill/2"] {
                try writer.append(
                    broken: BrokenInput(offset: 5, skipped: 6, reason: .body), source: source)
            }
            try writer.finish()
        }
        #expect(
            try folder.rows("SELECT source, stream FROM broken_input ORDER BY id") == [
                "/spill/1|-", "/spill/2|-",
            ])
    }

    @Test("Random records leave a whole database", arguments: 1...6)
    func random(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var bytes: [UInt8] = []
        for _ in 0..<600 {
            var record =
                Self.good().records.randomElement(using: &generator) ?? Self.good().records[0]
            record.header.stream = UInt64.random(in: 1...5, using: &generator)
            record.header.pid = 10
            record.header.seq = UInt64.random(in: 1...60, using: &generator)
            if case .hello(var hello) = record.body {
                hello.parentStream = UInt64.random(in: 0...6, using: &generator)
                hello.parentSeq = UInt64.random(in: 0...70, using: &generator)
                record.body = .hello(hello)
            }
            if case .load(var load) = record.body {
                load.generation = UInt32.random(in: 0...9, using: &generator)
                load.start = UInt64.random(in: 0...0x8000, using: &generator)
                load.end = UInt64.random(in: 0...0x8000, using: &generator)
                record.body = .load(load)
            }
            var encoded = RecordEncoder.encode(record)
            if UInt8.random(in: 0...9, using: &generator) == 0 {
                encoded[Int.random(in: encoded.indices, using: &generator)] ^= 0x40
            }
            bytes += encoded
        }
        var records: [DLTraceWire.Record] = []
        var decoder = WireDecoder()
        decoder.feed(bytes) { if case .record(let record) = $0 { records.append(record) } }
        let folder = try TraceFolder()
        let writer = try TraceWriter(
            path: folder.path,
            limits: Ingest.Limits(recordsOfStream: 8, bytes: 8000, patienceNs: 0))
        while !records.isEmpty {
            try writer.append(Array(records.prefix(50)))
            records.removeFirst(min(50, records.count))
        }
        try writer.finish()
        #expect(try folder.damage() == [])
        // What is stored and what is missing make up each stream from 1 on.
        #expect(
            try folder.rows(
                """
                SELECT id FROM process
                WHERE (SELECT count(*) FROM event WHERE process_id = id)
                    + (SELECT total(last_seq - first_seq + 1) FROM gap WHERE process_id = id)
                    <> (SELECT max(seq) FROM event WHERE process_id = id)
                """) == [])
    }
}
