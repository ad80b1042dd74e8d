// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import DLTraceWire
import Testing

/// What each kind of record becomes.
@Suite struct FactTests {
    private static func whole() -> Process {
        var process = Process(stream: 0xffff_0000_1111_2222, pid: 40)
        process.hello()
        process.load(1, "/bin/prog", at: 0x1000, origin: .program)
        process.load(2, "/lib/plug.so", at: 0x8000)
        process.open("plug.so", from: [0x1010, 0x8fff, 0x9000, 0x9001, 0x5], flags: [.truncated])
        process.add(.end(.init(result: 0x8001, generation: 2)), parent: 4)
        process.open(nil)
        process.add(.end(.init(text: "no such file")), parent: 6)
        process.add(
            .dlmopen(.init(name: "", flags: 1, namespace: -1, stack: WireStack(flags: .enclosed))))
        process.add(.end(.init()), parent: 8)
        process.add(.dlclose(.init(handle: 0x8001, generation: 2, stack: WireStack([0x1020]))))
        process.add(.fini(.init(generation: 2, flags: 1)), parent: 10, phase: .dlclose)
        process.add(
            .function(.init(function: 0x8100, dsoHandle: 0x8800, generation: 2, typeNumber: 1)),
            parent: 11, phase: .dlclose)
        process.add(.end(.init()), parent: 12, phase: .dlclose)
        process.add(.end(.init()), parent: 11)
        process.unload(2, parent: 10)
        process.add(.end(.init(result: 0)), parent: 10)
        process.add(.dlclose(.init(handle: .max)))
        process.add(.end(.init(result: 0xffff_ffff, text: "invalid handle")), parent: 17)
        process.add(.fork(.init(childStream: .max)))
        process.add(.exit(.init(status: 3, stack: WireStack([0x1030]))))
        process.add(
            .function(.init(function: 0x1100, generation: 1, typeNumber: 3)), parent: 20,
            phase: .exitHandlers)
        process.add(
            .function(.init(function: 0x1200, typeNumber: 7)), parent: 20, phase: .threadExit)
        process.add(.unknown(kind: 77))
        process.add(.initialization(.init(generation: 1, flags: 1)), phase: .constructor)
        process.add(.lost(.init(records: 5)))
        process.add(
            .fault(
                .init(
                    signal: 11, code: 1, address: .max, pc: 0x8100, sp: 0x10,
                    stack: WireStack([0x1000, 0x1040], flags: [.exact, .broken]))),
            phase: .exitFini)
        process.bye(259)
        return process
    }

    @Test("Each kind of record becomes an event")
    func events() throws {
        let folder = try TraceFolder()
        try folder.store(Self.whole().records)
        let rows = try folder.rows(
            """
            SELECT
                seq, kind, time_ns, thread, parent_seq, phase, generation, stack_id, event.address,
                event.value, detail, text.value
            FROM event
            LEFT JOIN library ON library.id = library_id
            LEFT JOIN text ON text.id = text_id
            ORDER BY seq
            """)
        #expect(
            rows == [
                "1|hello|1001|41|-|-|-|-|-|0|-|-",
                "2|present|1002|41|-|-|1|-|-|-|-|-",
                "3|load|1003|41|-|-|2|-|-|-|-|-",
                "4|dlopen|1004|41|-|-|-|1|-|2|0|plug.so",
                "5|end|1005|41|4|-|2|-|32769|-|-|-",
                "6|dlopen|1006|41|-|-|-|-|-|2|0|-",
                "7|end|1007|41|6|-|-|-|0|-|-|no such file",
                "8|dlmopen|1008|41|-|-|-|2|-|1|-1|",
                "9|end|1009|41|8|-|-|-|0|-|-|-",
                "10|dlclose|1010|41|-|-|2|3|32769|-|-|-",
                "11|fini|1011|41|10|dlclose|2|-|-|1|-|-",
                "12|fini_function|1012|41|11|dlclose|2|-|33024|34816|1|-",
                "13|end|1013|41|12|dlclose|-|-|0|-|-|-",
                "14|end|1014|41|11|-|-|-|0|-|-|-",
                "15|unload|1015|41|10|-|2|-|-|-|-|-",
                "16|end|1016|41|10|-|-|-|0|-|-|-",
                "17|dlclose|1017|41|-|-|-|-|-1|-|-|-",
                "18|end|1018|41|17|-|-|-|4294967295|-|-|invalid handle",
                "19|fork|1019|41|-|-|-|-|-1|-|-|-",
                "20|exit|1020|41|-|-|-|4|-|3|1|-",
                "21|exit_handler|1021|41|20|exit-handlers|1|-|4352|0|3|-",
                "22|thread_destructor|1022|41|20|thread-exit|-|-|4608|0|7|-",
                "23|unknown|1023|41|-|-|-|-|-|-|77|-",
                "24|init|1024|41|-|constructor|1|-|-|1|-|-",
                "25|lost|1025|41|-|-|-|-|-|5|-|-",
                "26|fault|1026|41|-|exit-fini|-|5|-1|11|1|-",
                "27|bye|1027|41|-|-|-|-|-|259|1|-",
            ])
        #expect(try folder.damage() == [])
    }

    @Test("A HELLO becomes a process, and a BYE its end")
    func process() throws {
        let folder = try TraceFolder()
        try folder.store(Self.whole().records)
        #expect(
            try folder.rows(
                """
                SELECT
                    stream, pid, ppid, parent_id, parent_seq, executable, arguments,
                    interposer_version, hello_flags, started_unix_ns, started_ns
                FROM process
                """) == [
                    "-281474690375134|40|3|-|-|/bin/prog|[\"prog\",\"a \\\"b\\\"\",\"\\u001b\"]|0.1.0|0|"
                        + "1700000000000000000|1001"
                ])
        #expect(
            try folder.rows(
                "SELECT process_id, witness, status, signal, core_dumped, ended_unix_ns FROM process_end"
            )
                == ["1|bye|3|-|-|1700000000000000026"])
    }

    @Test("A LOAD becomes a library with its binary and its needs")
    func library() throws {
        let folder = try TraceFolder()
        try folder.store(Self.whole().records)
        #expect(
            try folder.rows(
                """
                SELECT
                    generation, path, build_id, soname, origin, link_map, base_address,
                    start_address, end_address, has_fini, has_init
                FROM library JOIN binary ON binary.id = binary_id
                """) == [
                    "1|/bin/prog|ab01|so|program|4097|4096|4096|8192|1|0",
                    "2|/lib/plug.so|ab01|so|file|32769|32768|32768|36864|1|0",
                ])
        #expect(
            try folder.rows("SELECT library_id, position, name FROM library_needed") == [
                "1|0|libc.so.6", "1|1|x", "2|0|libc.so.6", "2|1|x",
            ])
    }

    @Test(
        "Return addresses belong to the library before them, program counters to the one they are in"
    )
    func frames() throws {
        let folder = try TraceFolder()
        try folder.store(Self.whole().records)
        let rows = try folder.rows(
            """
            SELECT stack_id, position, address, library_id, is_exact
            FROM stack_frame JOIN frame ON frame.id = frame_id
            WHERE stack_id IN (1, 5)
            ORDER BY stack_id, position
            """)
        #expect(
            rows == [
                "1|0|4112|1|0", "1|1|36863|2|0", "1|2|36864|2|0", "1|3|36865|-|0", "1|4|5|-|0",
                "5|0|4096|1|1", "5|1|4160|1|0",
            ])
        #expect(
            try folder.rows("SELECT id, is_truncated, is_broken, is_enclosed FROM stack") == [
                "1|1|0|0", "2|0|0|1", "3|0|0|0", "4|0|0|0", "5|0|1|0",
            ])
    }

    @Test("A fault keeps its registers")
    func fault() throws {
        let folder = try TraceFolder()
        try folder.store(Self.whole().records)
        #expect(
            try folder.rows("SELECT seq, signal, code, address, pc, sp FROM fault")
                == ["26|11|1|-1|33024|16"])
    }

    @Test("The same stack is stored once, until another library lies there")
    func interning() throws {
        var process = Process(stream: 1, pid: 1)
        process.hello()
        for generation in 1...3 as ClosedRange<UInt32> {
            process.load(generation, "/lib/a.so", at: 0x1000)
            process.open("x", from: [0x1100, 0x20])
            process.open("x", from: [0x1100, 0x20])
            process.unload(generation)
        }
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(try folder.rows("SELECT count(*) FROM stack") == ["3"])
        #expect(
            try folder.rows("SELECT address, library_id FROM frame WHERE address = 0x1100")
                == ["4352|1", "4352|2", "4352|3"])
        #expect(try folder.rows("SELECT value FROM text") == ["x"])
        #expect(try folder.rows("SELECT count(*) FROM binary") == ["1"])
    }

    @Test("Texts keep their bytes, but for zeros")
    func oddTexts() throws {
        var process = Process(stream: 1, pid: 1)
        process.hello()
        process.open(WireText(bytes: [0x61, 0, 0x62]))
        process.open(WireText(bytes: [0xff, 0x1b, 0x0a]))
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(try folder.rows("SELECT hex(value) FROM text") == ["61EFBFBD62", "FF1B0A"])
    }
}
