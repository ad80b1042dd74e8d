// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceStore
import DLTraceWire
import Foundation
import Testing

@testable import DLTraceCollector

/// However many process images there are said to be, the collector's memory is bounded.
@Suite("Bounds")
struct BoundTests {
    @Test("No more process images that never end are watched and named than there is room for")
    func images() {
        var watch = ProcessWatch(namesMax: 10)
        for stream in 1...1_000 as ClosedRange<UInt64> {
            let name = ProcessName(pid: Int32.max - Int32(stream), startedUnixNs: stream)
            #expect(watch.hello(stream: stream, name) == nil)
        }
        #expect(watch.names.count == 6)
        #expect(watch.takeGoneAtEnd().count == 6)
    }

    @Test("Of the streams in one source, so many are looked after")
    func streams() throws {
        let folder = try TestFolder()
        let intake = Intake(writer: try TraceWriter(path: folder / "trace.db"))
        var source = Intake.Source(name: "many")
        for _ in 0..<1_500 {
            var program = FakeProgram(pid: Int32.max)
            let bytes = program.event()
            bytes.withUnsafeBytes { intake.take($0, from: &source) }
        }
        #expect(source.streams?.count == 64)
        try intake.finish()
        #expect(
            try Trace(folder / "trace.db").number("SELECT COUNT(*) FROM process") == 1_500)
    }

    /// The first part of each of so many events that need two.
    private static func unfinished(_ count: Int, pid: Int32) -> [UInt8] {
        let name = WireText(bytes: [UInt8](repeating: 0x61, count: 5_000))
        return (1...count).flatMap { seq in
            let header = RecordHeader(
                kind: .dlopen, pid: UInt32(pid), stream: 9, seq: UInt64(seq))
            let record = Record(header: header, body: .dlopen(.init(name: name, flags: 2)))
            return RecordEncoder.encode(record).prefix(4_096)
        }
    }

    @Test(
        "Files of processes that live have so much room for events of which parts are missing, together"
    )
    func unfinishedEvents() throws {
        let folder = try TestFolder()
        let paths = try TracePaths(
            environment: EnvironmentBlock(["XDG_STATE_HOME=\(folder.path)"]))
        let spill = try #require(try SpillFolder.owned(paths.spillFolder))
        let intake = Intake(writer: try TraceWriter(path: folder / "trace.db"))
        let bytes = Self.unfinished(1_000, pid: getpid())
        for file in 1...10 {
            try folder.write("dltrace/spill/\(getpid())-\(file).spill", bytes)
        }
        try spill.takeIn(to: intake)
        #expect(spill.eventBytes > SpillFolder.eventBytesMax / 2)
        #expect(spill.eventBytes <= SpillFolder.eventBytesMax)
        try intake.finish()
        let trace = try Trace(folder / "trace.db")
        let told = "SELECT COUNT(DISTINCT source) FROM broken_input"
        #expect(try trace.number(told) == 7)
        #expect(try trace.texts("SELECT DISTINCT reason FROM broken_input").count == 1)
    }

    @Test("Of a process that is gone nothing is kept")
    func abandonedEvents() throws {
        let folder = try TestFolder()
        let paths = try TracePaths(
            environment: EnvironmentBlock(["XDG_STATE_HOME=\(folder.path)"]))
        let spill = try #require(try SpillFolder.owned(paths.spillFolder))
        let intake = Intake(writer: try TraceWriter(path: folder / "trace.db"))
        let nobody = FakeProgram.nobody
        var full = Self.unfinished(3, pid: nobody)
        withUnsafeBytes(of: UInt32(DLT_WIRE_SPILL_END).littleEndian) { full += $0 }
        full += [0, 0, 0, 0]
        for file in 1...20 {
            try folder.write(
                "dltrace/spill/\(nobody)-\(file).spill", Self.unfinished(100, pid: nobody))
        }
        let living = try folder.write("dltrace/spill/\(nobody)-21.spill", full)
        let writer = try #require(FileHandle(forWritingAtPath: living))
        try spill.takeIn(to: intake)
        #expect(spill.eventBytes == 0)
        try writer.close()
        try intake.finish()
        let trace = try Trace(folder / "trace.db")
        #expect(try trace.number("SELECT COUNT(*) FROM broken_input") == 2_003)
        #expect(folder.names("dltrace/spill") == [])
    }

    @Test("Long records are written before they are many")
    func longRecords() throws {
        let folder = try TestFolder()
        let intake = Intake(writer: try TraceWriter(path: folder / "trace.db"))
        var source = Intake.Source(name: "long")
        let name = WireText(bytes: [UInt8](repeating: 0x61, count: 250_000))
        for seq in 1...40 as ClosedRange<UInt64> {
            let header = RecordHeader(kind: .dlopen, pid: 7, stream: 9, seq: seq)
            let record = Record(header: header, body: .dlopen(.init(name: name, flags: 2)))
            RecordEncoder.encode(record).withUnsafeBytes { intake.take($0, from: &source) }
            try intake.flushIfDue()
        }
        #expect(try Trace(folder / "trace.db").number("SELECT COUNT(*) FROM event") ?? 0 > 30)
        try intake.finish()
    }
}
