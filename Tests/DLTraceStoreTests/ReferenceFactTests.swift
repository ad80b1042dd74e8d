// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import DLTraceWire
import Testing

/// What becomes of the records about registrations, threads, and what an unload leaves behind.
@Suite struct ReferenceFactTests {
    private static let events = """
        SELECT seq, kind, thread, parent_seq, generation, stack_id IS NOT NULL, event.address,
            event.value, detail, text.value
        FROM event
        LEFT JOIN library ON library.id = library_id
        LEFT JOIN text ON text.id = text_id
        WHERE seq > 3
        ORDER BY seq
        """

    /// A process with the program at 0x1000 and a library at 0x8000.
    private static func started(stream: UInt64 = 1, pid: UInt32 = 40) -> Process {
        var process = Process(stream: stream, pid: pid)
        process.hello()
        process.load(1, "/bin/prog", at: 0x1000, origin: .program)
        process.load(2, "/lib/plug.so", at: 0x8000)
        return process
    }

    private static func register(
        _ type: ReferenceType, _ address: UInt64 = 0x8100, argument: UInt64 = 0,
        dsoHandle: UInt64 = 0, number: Int64 = 0, text: WireText = ""
    ) -> DLTraceWire.Record.Body {
        .register(
            .init(
                address: address, argument: argument, dsoHandle: dsoHandle, number: number,
                generation: 2, typeNumber: type.rawValue, text: text, stack: WireStack([0x1010])))
    }

    @Test("Each kind of registration becomes an event")
    func registrations() throws {
        var process = Self.started()
        process.add(Self.register(.tlsKey, number: 5))
        process.add(Self.register(.tlsKeyDelete, number: 5))
        process.add(Self.register(.signal, number: 15))
        process.add(
            .register(.init(address: 1, number: 2, typeNumber: ReferenceType.signal.rawValue)))
        process.add(Self.register(.exitHandler, argument: 7, dsoHandle: 8))
        process.add(Self.register(.onExit, argument: 7))
        process.add(Self.register(.environ, 0x8200, text: "HOME"))
        process.add(Self.register(.forkHandler, dsoHandle: 8, number: 2))
        process.add(Self.register(.threadLocal, argument: 7, dsoHandle: 8))
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(
            try folder.rows(Self.events) == [
                "4|tls_key_create|41|-|2|1|33024|5|-|-",
                "5|tls_key_delete|41|-|2|1|-|5|-|-",
                "6|signal_handler|41|-|2|1|33024|15|-|-",
                "7|signal_handler|41|-|-|0|1|2|-|-",
                "8|cxa_atexit|41|-|2|1|33024|7|8|-",
                "9|on_exit|41|-|2|1|33024|7|-|-",
                "10|putenv|41|-|2|1|33280|-|-|HOME",
                "11|atfork|41|-|2|1|33024|2|8|-",
                "12|thread_local|41|-|2|1|33024|7|8|-",
            ])
        #expect(try folder.damage() == [])
    }

    @Test("Threads, stale handles, reasons and fork handlers become events")
    func others() throws {
        var process = Self.started()
        let stack = WireStack([0x1010])
        process.add(.thread(.init(function: 0x8100, argument: 9, generation: 2, stack: stack)))
        process.add(.threadStart(.init(threadSeq: 4, function: 0x8100, generation: 2)))
        process.add(.end(.init()), parent: 5)
        for number in 1...3 as ClosedRange<UInt16> {
            process.add(
                .stale(
                    .init(
                        handle: 0x8001, functionNumber: number,
                        name: number < 3 ? "run" : "", stack: stack)))
        }
        process.add(
            .stayed(.init(generation: 2, holderGeneration: 1, reasonNumber: 1, symbol: "_ZN1a1bE")))
        process.add(.function(.init(function: 0x8100, generation: 2, typeNumber: 8)))
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(
            try folder.rows(Self.events) == [
                "4|thread|41|-|2|1|33024|9|-|-",
                "5|thread_start|41|-|2|0|33024|4|-|-",
                "6|end|41|5|-|0|0|-|-|-",
                "7|dlsym|41|-|-|1|32769|-|-|run",
                "8|dlvsym|41|-|-|1|32769|-|-|run",
                "9|dlinfo|41|-|-|1|32769|-|-|-",
                "10|stayed|41|-|2|0|-|1|1|_ZN1a1bE",
                "11|fork_handler|41|-|2|0|33024|0|8|-",
            ])
    }

    @Test("What is left behind names who made it, in an ancestor too")
    func leftBehind() throws {
        var parent = Self.started()
        parent.add(Self.register(.signal, number: 15))
        var child = Process(stream: 2, pid: 41)
        child.hello(parent: 1, parentSeq: 4)
        child.add(.dlclose(.init(handle: 0x8001, generation: 2)))
        child.unload(2, parent: 2)
        for (type, seq, stream) in [(3, 4, 1), (1, 0, 0), (4, 9, 77)] as [(UInt16, UInt64, UInt64)]
        {
            child.add(
                .left(
                    .init(
                        address: 0x8100, number: 15, generation: 2, typeNumber: type,
                        registeredStream: stream, registeredSeq: seq)), parent: 2)
        }
        child.add(
            .left(
                .init(
                    address: 0x8108, generation: 2, typeNumber: 11, holder: 0x1200,
                    holderGeneration: 1)), parent: 2)
        child.add(
            .left(.init(address: 0x8200, generation: 2, typeNumber: 6, text: "HOME")), parent: 2)
        let folder = try TraceFolder()
        try folder.store(child.records + parent.records)
        #expect(
            try folder.rows(
                """
                SELECT left_behind.process_id, seq, type, holder.generation, holder_address,
                    registered_process_id, registered_seq, event.address, event.value, detail,
                    text.value, gone.generation
                FROM left_behind
                JOIN event USING (process_id, seq)
                JOIN library AS gone ON gone.id = library_id
                LEFT JOIN library AS holder ON holder.id = holder_library_id
                LEFT JOIN text ON text.id = text_id
                ORDER BY seq
                """) == [
                    "2|4|signal_handler|-|-|1|4|33024|15|3|-|2",
                    "2|5|tls_key|-|-|-|-|33024|15|1|-|2",
                    "2|6|cxa_atexit|-|-|-|-|33024|15|4|-|2",
                    "2|7|pointer|1|4608|-|-|33032|0|11|-|2",
                    "2|8|environ|-|-|-|-|33280|0|6|HOME|2",
                ])
        #expect(try folder.damage() == [])
    }

    @Test("A thread's frames lie in the library that went, whatever lies there by then")
    func stackOfThread() throws {
        var process = Self.started()
        process.unload(2)
        process.load(3, "/lib/next.so", at: 0x8000)
        process.add(
            .left(
                .init(
                    address: 0x8104, number: 77, generation: 2, typeNumber: 10,
                    stack: WireStack([0x8104, 0x1010]))))
        process.open("x", from: [0x8104])
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(
            try folder.rows(
                """
                SELECT event.seq, position, generation
                FROM event
                JOIN stack_frame ON stack_frame.stack_id = event.stack_id
                JOIN frame ON frame.id = frame_id
                JOIN library ON library.id = frame.library_id
                ORDER BY event.seq, position
                """) == ["6|0|2", "6|1|1", "7|0|3"])
    }

    @Test("What a newer libdltrace.so registers or leaves is kept as unknown, with its type")
    func unknownTypes() throws {
        var process = Self.started()
        process.add(.register(.init(address: 0x8100, number: 1, generation: 2, typeNumber: 99)))
        process.add(.left(.init(address: 0x8100, generation: 2, typeNumber: 99)))
        process.add(.stale(.init(handle: 0x8001, generation: 2, functionNumber: 99)))
        let folder = try TraceFolder()
        try folder.store(process.records)
        #expect(
            try folder.rows(Self.events) == [
                "4|unknown|41|-|2|0|33024|99|16|-",
                "5|unknown|41|-|2|0|33024|99|19|-",
                "6|unknown|41|-|2|0|32769|99|20|-",
            ])
        #expect(try folder.rows("SELECT * FROM left_behind") == [])
    }
}
