// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceCollector

@Suite("dltrace daemon", .serialized, .timeLimit(.minutes(15)))
struct DaemonTests {
    private let command: Command
    private var pipe: String { command.folder / "run/dltrace/pipe" }
    private var database: String { command.folder / "state/dltrace/dltrace.db" }

    init() throws {
        command = try Command()
    }

    private func start() throws -> Command.Running {
        let daemon = try command.start(["daemon"])
        #expect(
            becomesTrue { daemon.stderr == "dltrace: collecting at \(pipe) into \(database)\n" },
            "\(daemon.stderr)")
        return daemon
    }

    private func write(_ bytes: [UInt8]) throws {
        let end = try #require(FileHandle(forWritingAtPath: pipe))
        try end.write(contentsOf: bytes)
        try end.close()
    }

    @Test(
        "It collects until SIGTERM or SIGINT, and leaves one closed file",
        arguments: [SIGTERM, SIGINT])
    func collects(_ signal: Int32) throws {
        let daemon = try start()
        var program = FakeProgram(pid: getpid())
        try write(program.hello() + program.event())
        daemon.child.send(signal)
        try daemon.child.wait()
        #expect(daemon.status == 0)
        #expect(try Trace(database).events(of: program.stream) == 2)
        #expect(command.folder.names("state/dltrace") == ["dltrace.db", "spill", "spill.ledger"])
        #expect(!FileManager.default.fileExists(atPath: pipe))
    }

    @Test("A second one at the same place is refused in one clear line")
    func second() throws {
        let daemon = try start()
        let other = try command.run(["daemon"])
        #expect(other.status == 75)
        let pid = daemon.child.pid
        #expect(
            other.stderr.hasPrefix(
                "dltrace: cannot collect at \(pipe): another daemon (process \(pid)) does\n"))
        let elsewhere = try command.start(["daemon", "--pipe", command.folder / "other"])
        #expect(becomesTrue { elsewhere.stderr.contains("collecting at") })
        for running in [daemon, elsewhere] {
            running.child.send(SIGTERM)
            try running.child.wait()
        }
        #expect(daemon.status == 0)
    }

    @Test("The FIFO of a killed one is used again, with what was written to it since")
    func restarted() throws {
        let daemon = try start()
        let end = try #require(FileHandle(forWritingAtPath: pipe))
        // What it has read and not stored would be gone with it: so it reads nothing from here on.
        daemon.child.send(SIGSTOP)
        #expect(becomesTrue { ProcessTable.isStopped(daemon.child.pid) })
        var program = FakeProgram(pid: getpid())
        try end.write(contentsOf: program.hello())
        daemon.child.send(SIGKILL)
        try daemon.child.wait()
        let next = try start()
        try end.write(contentsOf: program.event())
        next.child.send(SIGTERM)
        try next.child.wait()
        #expect(try Trace(database).events(of: program.stream) == 2)
        try end.close()
    }

    @Test("What programs spilled while none ran is taken in at the start")
    func spilled() throws {
        try command.folder.make("state/dltrace/spill")
        var program = FakeProgram(pid: 0x7fff_ffff)
        let name = "\(program.pid)-\(String(program.stream, radix: 16)).spill"
        try command.folder.write("state/dltrace/spill/\(name)", program.hello())
        let daemon = try start()
        #expect(becomesTrue { command.folder.names("state/dltrace/spill").isEmpty })
        #expect(try Trace(database).events(of: program.stream) == 1)
        daemon.child.send(SIGTERM)
        try daemon.child.wait()
    }

    @Test("A planted file in place of the FIFO is refused and left alone")
    func planted() throws {
        try command.folder.make("run/dltrace")
        try command.folder.write("run/dltrace/pipe", Array("x".utf8))
        let daemon = try command.run(["daemon"])
        #expect(daemon.status == 77)
        #expect(daemon.stderr.hasPrefix("dltrace: will not collect at \(pipe): it is not a FIFO\n"))
        #expect(FileManager.default.contents(atPath: pipe) == Data("x".utf8))
    }
}
