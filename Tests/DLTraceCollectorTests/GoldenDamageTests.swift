// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import Foundation
import Logging
import Testing

@testable import DLTraceCollector

/// Golden bytes of one process, damaged, among the records of another one: through the collector into the database.
@Suite("Damaged golden streams", .timeLimit(.minutes(15)))
struct GoldenDamageTests {
    /// No process has this number: it is above every limit of the kernel's.
    private static let nobody = Int32.max

    private static func goldenBytes() throws -> [(name: String, bytes: [UInt8])] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/wire/v1")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".bin") }.sorted()
        try #require(names.count >= 29)
        return try names.map {
            ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0))))
        }
    }

    @Test("A spill file that ends anywhere is told of with its offset, and costs no other file")
    func truncated() throws {
        let folder = try TestFolder()
        let paths = try TracePaths(
            environment: EnvironmentBlock(["XDG_STATE_HOME=\(folder.path)"]))
        try paths.prepareSpillFolder()
        var honest = FakeProgram(pid: Self.nobody)
        try folder.write(
            "dltrace/spill/\(honest.pid)-1.spill",
            honest.hello() + honest.event() + honest.bye())
        var files = 0
        for (name, bytes) in try Self.goldenBytes() where bytes.count < 200 {
            for length in stride(from: 1, to: bytes.count, by: bytes.count < 100 ? 1 : 3) {
                try folder.write(
                    "dltrace/spill/\(Self.nobody)-\(name)-\(length).spill",
                    Array(bytes[..<length]))
                files += 1
            }
        }
        try #require(files > 1_000)
        // A child that another test forks has what is open here, for a moment.
        #expect(
            try becomesTrue {
                try SpillFolder.takeInAll(paths: paths)
                return folder.names("dltrace/spill") == []
            })
        let trace = try Trace(paths.database)
        #expect(try trace.events(of: honest.stream) == 3)
        #expect(try trace.witnesses(of: honest.stream) == ["bye"])
        // Nothing of them is a record: at most zeros behind one were cut off.
        #expect(try trace.number("SELECT COUNT(*) FROM process") == 1)
        let told = try trace.number("SELECT COUNT(DISTINCT source) FROM broken_input")
        #expect(told == Int64(files))
        #expect(try trace.number("SELECT COUNT(*) FROM broken_input WHERE offset_bytes > 0") == 0)
    }

    @Test("Whichever bit is flipped in the FIFO, the other process's records are all there")
    func flipped() throws {
        let folder = try TestFolder()
        let intake = Intake(writer: try TraceWriter(path: folder / "trace.db"))
        var source = Intake.Source(name: "pipe")
        var honest = FakeProgram(pid: Self.nobody)
        var bytes = honest.hello()
        var offsets: Set<Int64> = []
        for (name, golden) in try Self.goldenBytes() where name != "dlopen-long.bin" {
            for index in golden.indices {
                for bit in 0..<8 {
                    var flipped = golden
                    flipped[index] ^= 1 << bit
                    // The magic number.
                    if index < 4 { offsets.insert(Int64(bytes.count)) }
                    bytes += flipped
                }
                bytes += honest.event()
            }
        }
        for start in stride(from: 0, to: bytes.count, by: 60_000) {
            bytes[start..<min(start + 60_000, bytes.count)].withUnsafeBytes {
                intake.take($0, from: &source)
            }
            try intake.flushIfDue()
        }
        let last = honest.bye()
        last.withUnsafeBytes { intake.take($0, from: &source) }
        intake.finish(&source)
        try intake.finish()
        let trace = try Trace(folder / "trace.db")
        #expect(try trace.events(of: honest.stream) == Int64(honest.seq))
        let told = "SELECT COUNT(*) FROM broken_input WHERE source = 'pipe'"
        #expect(try trace.number(told) == 1_000)
        let first = try trace.number(
            "SELECT MIN(offset_bytes) FROM broken_input WHERE source = 'pipe'")
        #expect(first.map { offsets.contains($0) } == true)
        #expect(try trace.texts("PRAGMA integrity_check") == ["ok"])
    }
}
