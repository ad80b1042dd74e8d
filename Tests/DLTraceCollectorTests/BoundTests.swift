// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import DLTraceWire
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
        #expect(source.streams?.count == 1_024)
        try intake.finish()
        #expect(
            try Trace(folder / "trace.db").number("SELECT COUNT(*) FROM process") == 1_500)
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
