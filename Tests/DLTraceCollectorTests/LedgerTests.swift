// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import Foundation
import Testing

@testable import DLTraceCollector

@Suite("The ledger")
struct LedgerTests {
    /// No process has this number: it is above every limit of the kernel's.
    private static let nobody: Int32 = 0x7fff_ffff

    private static func paths(_ folder: TestFolder) throws -> TracePaths {
        try TracePaths(environment: EnvironmentBlock(["XDG_STATE_HOME=\(folder.path)"]))
    }

    private static func namespace() -> UInt64 {
        var status = stat()
        stat("/proc/self/ns/pid", &status)
        return UInt64(UInt32(truncatingIfNeeded: status.st_ino))
    }

    private static func isFree(_ folder: TestFolder) -> Bool {
        let bytes = FileManager.default.contents(atPath: folder / "dltrace/spill.ledger")
        return bytes?.allSatisfy { $0 == 0 } == true
    }

    /// A slot of a process that gave out the numbers up to `last`.
    private static func slot(
        _ program: inout FakeProgram, last: UInt64, namespace: UInt64 = Self.namespace()
    ) -> [UInt8] {
        var slot = [UInt8](repeating: 0, count: MemoryLayout<dlt_wire_ledger_slot>.size)
        func put(_ bytes: [UInt8], at offset: Int?) {
            guard let offset else { return }
            slot.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        let owner = namespace << 32 | UInt64(program.pid)
        put(withUnsafeBytes(of: owner.littleEndian) { Array($0) }, at: 0)
        let now = UInt64(Date().timeIntervalSince1970 * 1e9)
        let hello = MemoryLayout<dlt_wire_ledger_slot>.offset(of: \.hello_header)
        put(program.hello(at: now), at: hello)
        let lost = MemoryLayout<dlt_wire_ledger_slot>.offset(of: \.lost_header)
        put(program.lost(records: 0, seq: last + 1), at: lost)
        return slot
    }

    @Test("what a process that is gone made and nobody got is missing, and its slot becomes free")
    func gone() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: Self.nobody)
        try folder.write("dltrace/spill.ledger", Self.slot(&program, last: 40))
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.number("SELECT SUM(lost_records) FROM process_summary") == 39)
        #expect(try trace.witnesses(of: program.stream) == ["gone"])
        #expect(try trace.texts("SELECT executable FROM process") == ["/bin/fake"])
        #expect(Self.isFree(folder))
    }

    @Test("what a process writes while it is looked for counts")
    func ending() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: Self.nobody)
        let file = try folder.write("dltrace/spill.ledger", Self.slot(&program, last: 40))
        let last = Self.slot(&program, last: 60)
        let ledger = Ledger(of: paths.spillFolder) { _ in
            let writer = FileHandle(forWritingAtPath: file)
            writer?.write(Data(last))
            try? writer?.close()
            return nil
        }
        let intake = try Intake.opening(paths.database)
        try ledger.takeIn(to: intake)
        try intake.finish()
        let trace = try Trace(paths.database)
        #expect(try trace.number("SELECT SUM(lost_records) FROM process_summary") == 59)
    }

    @Test("of a process whose records all came nothing is missing")
    func complete() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: Self.nobody)
        let slot = Self.slot(&program, last: 3)
        let name = "dltrace/spill/\(program.pid)-\(String(program.stream, radix: 16)).spill"
        try folder.write(name, program.event() + program.bye())
        try folder.write("dltrace/spill.ledger", slot)
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.number("SELECT SUM(lost_records) FROM process_summary") == 0)
        #expect(try trace.number("SELECT SUM(is_complete) FROM process_summary") == 1)
        #expect(try trace.events(of: program.stream) == 3)
    }

    @Test("the slot of a process that lives stays, also of one in another pid namespace")
    func living() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var own = FakeProgram(pid: getpid())
        var other = FakeProgram(pid: Self.nobody)
        let slots = Self.slot(&own, last: 5) + Self.slot(&other, last: 5, namespace: 1)
        let file = try folder.write("dltrace/spill.ledger", slots)
        let writer = try #require(FileHandle(forWritingAtPath: file))
        try SpillFolder.takeInAll(paths: paths)
        #expect(FileManager.default.contents(atPath: file) == Data(slots))
        try writer.close()
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: own.stream) == 0)
        #expect(try trace.events(of: other.stream) == 1)
        #expect(FileManager.default.contents(atPath: file)?.prefix(512) == Data(slots.prefix(512)))
    }

    @Test("a process that was killed before it had written anything frees its slot")
    func begun() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var program = FakeProgram(pid: Self.nobody)
        var slot = Self.slot(&program, last: 5)
        slot.replaceSubrange(8..., with: repeatElement(0, count: slot.count - 8))
        try folder.write("dltrace/spill.ledger", slot)
        try SpillFolder.takeInAll(paths: paths)
        #expect(Self.isFree(folder))
    }

    @Test("what is no ledger is left alone, and any bytes do no harm")
    func hostile() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        let target = try folder.write("target", [UInt8](repeating: 0xff, count: 4096))
        #expect(symlink(target, folder / "dltrace/spill.ledger") == 0)
        try SpillFolder.takeInAll(paths: paths)
        #expect(FileManager.default.contents(atPath: target)?.first == 0xff)
        unlink(folder / "dltrace/spill.ledger")
        try paths.prepareSpillFolder()
        var bytes = [UInt8](repeating: 0xff, count: 70_000)
        var program = FakeProgram(pid: Self.nobody)
        bytes.replaceSubrange(512..<1024, with: Self.slot(&program, last: 9))
        try folder.write("dltrace/spill.ledger", bytes)
        try SpillFolder.takeInAll(paths: paths)
        #expect(try Trace(paths.database).events(of: program.stream) == 1)
    }

    @Test("a collector makes it, with its room on the disk, and removes it with the folder")
    func made() throws {
        let folder = try TestFolder()
        let paths = try Self.paths(folder)
        try paths.prepareSpillFolder()
        var spill: SpillFolder? = try SpillFolder.owned(paths.spillFolder)
        let path = folder / "dltrace/spill.ledger"
        var status = stat()
        #expect(spill != nil && lstat(path, &status) == 0)
        #expect(status.st_size == Int(DLT_WIRE_LEDGER_BYTES) && status.st_mode & 0o777 == 0o600)
        #expect(Int(status.st_blocks) * 512 >= Int(DLT_WIRE_LEDGER_BYTES))
        spill = nil
        SpillFolder.removeIfEmpty(paths.spillFolder)
        #expect(folder.names("dltrace") == [])
    }
}
