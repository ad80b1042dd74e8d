// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import Foundation
import Testing

@testable import DLTraceCollector

@Suite("The spill folder")
struct SpillFolderTests {
    private static func paths(_ folder: TestFolder) throws -> TracePaths {
        try TracePaths(environment: EnvironmentBlock(["XDG_STATE_HOME=\(folder.path)"]))
    }

    private static func name(_ program: FakeProgram) -> String {
        "\(program.pid)-\(String(program.stream, radix: 16)).spill"
    }

    @Test("A dead program's file is taken in and removed, and its end noted")
    func dead() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: FakeProgram.nobody)
        try folder.write("dltrace/spill/\(Self.name(program))", program.hello() + program.event())
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: program.stream) == 2)
        #expect(try trace.witnesses(of: program.stream) == ["gone"])
        #expect(folder.names("dltrace/spill") == [])
    }

    @Test("A living program's file stays, and is not taken in twice")
    func living() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: getpid())
        let file = try folder.write(
            "dltrace/spill/\(Self.name(program))", program.hello() + program.event())
        try SpillFolder.takeInAll(paths: paths)
        let handle = try #require(FileHandle(forWritingAtPath: file))
        try handle.seekToEnd()
        try handle.write(contentsOf: program.event())
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: program.stream) == 3)
        #expect(try trace.witnesses(of: program.stream) == [])
        #expect(try trace.number("SELECT COUNT(*) FROM gap") == 0)
        #expect(folder.names("dltrace/spill").count == 1)
    }

    @Test("A file that somebody has open stays, although no process has its number")
    func elsewhere() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: FakeProgram.nobody)
        let file = try folder.write("dltrace/spill/\(Self.name(program))", program.hello())
        let writer = try #require(FileHandle(forWritingAtPath: file))
        try SpillFolder.takeInAll(paths: paths)
        #expect(folder.names("dltrace/spill").count == 1)
        try writer.close()
        try SpillFolder.takeInAll(paths: paths)
        #expect(folder.names("dltrace/spill").isEmpty)
    }

    @Test("A file stays until what waits for an earlier record is stored")
    func waiting() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: FakeProgram.nobody)
        let begin = program.hello()
        _ = program.event()  // killed in the middle of it
        let rest = program.event() + program.bye()
        try folder.write("dltrace/spill/\(Self.name(program))", begin + rest)
        try Self.takeInAndBeKilled(paths)
        #expect(folder.names("dltrace/spill").count == 1)
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: program.stream) == 3)
        #expect(try trace.number("SELECT SUM(lost_records) FROM process_summary") == 1)
        #expect(folder.names("dltrace/spill").isEmpty)
    }

    /// As a collector does that has no time for anything else.
    private static func takeInAndBeKilled(_ paths: TracePaths) throws {
        let intake = try Intake.opening(paths.database)
        try SpillFolder.owned(paths.spillFolder)?.takeIn(to: intake)
    }

    @Test("Nothing to take in makes no database")
    func nothing() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try SpillFolder.takeInAll(paths: paths)
        try paths.prepareSpillFolder()
        try SpillFolder.takeInAll(paths: paths)
        #expect(folder.names("dltrace") == ["spill"])
    }

    @Test("What is no file of ours is left alone")
    func strangers() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        let target = try folder.write("target", Array("private".utf8))
        #expect(symlink(target, folder / "dltrace/spill/1-1.spill") == 0)
        #expect(mkfifo(folder / "dltrace/spill/2-2.spill", 0o600) == 0)
        try folder.make("dltrace/spill/3-3.spill")
        try folder.write("dltrace/spill/notes.txt")
        try SpillFolder.takeInAll(paths: paths)
        #expect(folder.names("dltrace/spill").count == 4)
    }

    @Test("A cut-short record is noted as broken, and what comes before it is kept")
    func truncated() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: FakeProgram.nobody)
        let hello = program.hello()
        let bytes = hello + program.event().dropLast(5)
        try folder.write("dltrace/spill/\(Self.name(program))", bytes)
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: program.stream) == 1)
        #expect(try trace.number("SELECT COUNT(*) FROM broken_input") == 1)
        #expect(
            try trace.number("SELECT offset_bytes FROM broken_input") == Int64(hello.count))
    }

    @Test("Of bytes that are no record the file's name tells whose they are")
    func garbage() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: FakeProgram.nobody)
        let bytes = program.hello() + [UInt8](repeating: 0xee, count: 96) + program.bye()
        try folder.write("dltrace/spill/\(Self.name(program))", bytes)
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: program.stream) == 2)
        #expect(try trace.number("SELECT broken_inputs FROM process_summary") == 1)
    }

    @Test("A run's folder is left to the run as long as it lives")
    func owned() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        var run: SpillFolder? = try SpillFolder.forRun(in: paths.spillFolder)
        let path = try #require(run?.path)
        var program = FakeProgram(pid: FakeProgram.nobody)
        let bytes = program.hello()
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + Self.name(program)))
        try SpillFolder.takeInAll(paths: paths)
        #expect(!FileManager.default.fileExists(atPath: paths.database))
        #expect(try SpillFolder.owned(path) == nil)
        run = nil
        try SpillFolder.takeInAll(paths: paths)
        #expect(try Trace(paths.database).events(of: program.stream) == 1)
        withExtendedLifetime(run) {}
    }

    @Test("Of a process that executed another program both files are told apart by time")
    func executed() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        // The later one comes first by name.
        var later = FakeProgram(pid: FakeProgram.nobody, stream: 0x11)
        var earlier = FakeProgram(pid: FakeProgram.nobody, stream: 0x22)
        try folder.write("dltrace/spill/\(Self.name(earlier))", earlier.hello(at: 10))
        try folder.write("dltrace/spill/\(Self.name(later))", later.hello(at: 20) + later.bye())
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.witnesses(of: later.stream) == ["bye"])
        #expect(try trace.witnesses(of: earlier.stream) == ["exec"])
    }
}
