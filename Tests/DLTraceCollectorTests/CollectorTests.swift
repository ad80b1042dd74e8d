// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import Foundation
import GRDB
import Logging
import Testing

@testable import DLTraceCollector

@Suite("The collector", .serialized, .timeLimit(.minutes(15)))
struct CollectorTests {
    /// A collector on a thread of its own.
    private struct Running {
        let stop: StopRequest
        let thread: OwnThread<Collector.Summary>
        let handle: ThreadHandle

        func end(child: StopRequest.Child? = nil) throws -> Collector.Summary {
            stop.raise(child: child)
            return try thread.join(handle)
        }
    }

    private static func start(_ folder: TestFolder, writer: TraceWriter? = nil) throws -> Running {
        let stop = try StopRequest()
        let writer = try writer ?? TraceWriter(path: folder / "trace.db")
        let collector = Handover(
            Collector(
                pipe: try TracePipe(path: folder / "pipe"), intake: Intake(writer: writer),
                spill: try SpillFolder.owned(folder / "spill"), logger: Logger(label: "test")))
        let thread = OwnThread { try collector.take().run(until: stop) }
        return Running(stop: stop, thread: thread, handle: try thread.start())
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        let end = open(path, O_WRONLY)
        #expect(Glibc.write(end, bytes, bytes.count) == bytes.count)
        close(end)
    }

    @Test("Records are in the database while the program runs, and once")
    func live() throws {
        let folder = try TestFolder()
        let running = try Self.start(folder)
        var program = FakeProgram(pid: getpid())
        let hello = program.hello()
        Self.write(hello + program.event() + hello, to: folder / "pipe")
        #expect(
            try becomesTrue { try Trace(folder / "trace.db").events(of: program.stream) == 2 })
        Self.write(program.bye(status: 3), to: folder / "pipe")
        let summary = try running.end()
        #expect(summary.processes.map(\.pid) == [getpid()])
        let trace = try Trace(folder / "trace.db")
        #expect(try trace.events(of: program.stream) == 3)
        #expect(try trace.witnesses(of: program.stream) == ["bye"])
        // One file that can be mailed, and nothing else.
        #expect(folder.names() == ["spill", "spill.ledger", "trace.db"])
    }

    @Test(
        "A database without room is tried again; nothing is lost, and nothing more is read meanwhile"
    )
    func full() throws {
        let folder = try TestFolder()
        let writer = try TraceWriter(path: folder / "trace.db")
        let pages = try writer.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        let running = try Self.start(folder, writer: writer)
        var early = FakeProgram(pid: getpid())
        var bytes = early.hello()
        for _ in 0..<500 { bytes += early.event() }
        Self.write(bytes, to: folder / "pipe")
        // What the collector could read of it can't be written, so that this is left alone.
        usleep(400_000)
        var late = FakeProgram(pid: FakeProgram.nobody)
        let file = try folder.write(
            "spill/\(FakeProgram.nobody)-2.spill", late.hello() + late.event())
        usleep(400_000)
        #expect(FileManager.default.fileExists(atPath: file))
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(becomesTrue { !FileManager.default.fileExists(atPath: file) })
        _ = try running.end()
        let trace = try Trace(folder / "trace.db")
        #expect(try trace.events(of: early.stream) == 501)
        #expect(try trace.events(of: late.stream) == 2)
        #expect(try trace.number("SELECT COUNT(*) FROM gap") == 0)
    }

    @Test(
        "A collector that is to leave the rest leaves it to the next command, which takes it in once"
    )
    func abandoned() throws {
        let folder = try TestFolder()
        let writer = try TraceWriter(path: folder / "trace.db")
        var program = FakeProgram(pid: FakeProgram.nobody)
        var bytes = program.hello()
        while bytes.count < 3 << 20 { bytes += program.event() }
        try folder.make("spill")
        let file = try folder.write("spill/\(FakeProgram.nobody)-1.spill", bytes)
        let error = #expect(throws: CollectorError.self) {
            let stop = try StopRequest()
            stop.abandon()
            let collector = Collector(
                pipe: try TracePipe(path: folder / "pipe"), intake: Intake(writer: writer),
                spill: try SpillFolder.owned(folder / "spill"), logger: Logger(label: "test"))
            _ = try collector.run(until: stop)
        }
        #expect(error?.code == .interrupted)
        #expect(FileManager.default.fileExists(atPath: file))
        let stored = try Trace(folder / "trace.db").events(of: program.stream)
        #expect(stored > 0 && stored < Int64(program.seq))
        _ = try Self.start(folder).end()
        #expect(try Trace(folder / "trace.db").events(of: program.stream) == Int64(program.seq))
        #expect(folder.names("spill") == [])
    }

    @Test("Rubbish in the pipe is noted, and what comes before and after is kept")
    func rubbish() throws {
        let folder = try TestFolder()
        let running = try Self.start(folder)
        var one = FakeProgram(pid: getpid())
        var other = FakeProgram(pid: getpid())
        let before = one.hello()
        Self.write(before + [1, 2, 3, 4, 5, 6, 7, 8] + other.hello(), to: folder / "pipe")
        _ = try running.end()
        let trace = try Trace(folder / "trace.db")
        #expect(try trace.events(of: one.stream) == 1)
        #expect(try trace.events(of: other.stream) == 1)
        #expect(try trace.texts("SELECT source FROM broken_input") == [folder / "pipe"])
        let offset = try trace.number("SELECT offset_bytes FROM broken_input")
        #expect(offset == Int64(before.count))
    }

    @Test("Who executes another program, is killed, or is waited for, is told apart")
    func ends() throws {
        let folder = try TestFolder()
        let running = try Self.start(folder)
        let sleeper = try Child(["sleep", "1000"])
        let pid = sleeper.pid
        var first = FakeProgram(pid: pid)
        var second = FakeProgram(pid: pid)
        var child = FakeProgram(pid: 0x7fff_fffe)
        let hellos = first.hello(at: 1) + second.hello(at: 2) + child.hello()
        Self.write(hellos, to: folder / "pipe")
        #expect(
            try becomesTrue {
                try Trace(folder / "trace.db").witnesses(of: first.stream) == ["exec"]
            })
        sleeper.send(SIGKILL)
        try sleeper.wait()
        #expect(
            try becomesTrue {
                try Trace(folder / "trace.db").witnesses(of: second.stream) == ["gone"]
            })
        let end = ProgramEnd.killed(signal: 9, coreDumped: false)
        let summary = try running.end(child: StopRequest.Child(pid: 0x7fff_fffe, end: end))
        #expect(summary.childWasTraced == true)
        let trace = try Trace(folder / "trace.db")
        #expect(try trace.witnesses(of: child.stream) == ["wait"])
        #expect(try trace.number("SELECT signal FROM process_end WHERE witness = 'wait'") == 9)
    }

    @Test("A program that goes on in its spill file is taken in while it runs")
    func spilling() throws {
        let folder = try TestFolder()
        let running = try Self.start(folder)
        var program = FakeProgram(pid: getpid())
        Self.write(program.hello(), to: folder / "pipe")
        let name = "\(program.pid)-\(String(program.stream, radix: 16)).spill"
        try folder.write("spill/\(name)", program.event() + program.event())
        #expect(
            try becomesTrue { try Trace(folder / "trace.db").events(of: program.stream) == 3 })
        _ = try running.end()
        // Its process lives, so it may write more.
        #expect(folder.names("spill") == [name])
    }

    @Test("A database that can't be written ends the collector, and programs find no reader")
    func failing() throws {
        let folder = try TestFolder()
        let running = try Self.start(folder)
        let end = open(folder / "pipe", O_WRONLY)
        defer { close(end) }
        try DatabaseQueue(path: folder / "trace.db").write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON process
                    BEGIN SELECT RAISE(ABORT, 'refused'); END
                    """)
        }
        signal(SIGPIPE, SIG_IGN)
        var program = FakeProgram(pid: getpid())
        let isClosed = becomesTrue {
            let bytes = program.hello()
            return Glibc.write(end, bytes, bytes.count) < 0 && errno == EPIPE
        }
        #expect(isClosed)
        #expect(throws: StoreError.self) { try running.end() }
    }
}
