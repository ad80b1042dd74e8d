// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import DLTraceWire
import Testing

@Suite struct EndTests {
    private static let ends =
        "SELECT process_id, witness, status, signal, core_dumped FROM process_end ORDER BY id"

    @Test("An end is noted once for each witness")
    func witnesses() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        var process = Process(stream: 4, pid: 4)
        process.hello()
        try writer.append(process.records)
        for _ in 0..<2 {
            try writer.noteEnd(stream: 4, witness: .gone)
            try writer.noteEnd(stream: 4, witness: .wait, signal: 11, coreDumped: false)
        }
        #expect(try !writer.noteEnd(stream: 5, witness: .gone))
        try writer.finish()
        #expect(try folder.rows(Self.ends) == ["1|gone|-|-|-", "1|wait|-|11|0"])
    }

    @Test("The end of a child is kept that still waits for its parent")
    func waitingChild() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        var child = Process(stream: 2, pid: 5)
        child.hello(parent: 1, parentSeq: 1)
        try writer.append(child.records)
        #expect(try writer.noteEnd(stream: 2, witness: .gone))
        var parent = Process(stream: 1, pid: 4)
        parent.hello()
        try writer.append(parent.records)
        try writer.finish()
        #expect(try folder.rows(Self.ends) == ["1|gone|-|-|-"])
        #expect(
            try folder.rows("SELECT pid, parent_id, executable FROM process") == [
                "5|2|/bin/prog", "4|-|/bin/prog",
            ])
    }

    @Test("By its pid the newest process without an end is meant")
    func byPID() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        for stream in 1...3 as ClosedRange<UInt64> {
            var process = Process(stream: stream, pid: 4)
            process.hello()
            if stream == 3 { process.bye() }
            try writer.append(process.records)
        }
        #expect(try writer.noteEnd(pid: 4, witness: .wait, status: 2))
        #expect(try !writer.noteEnd(pid: 5, witness: .wait, status: 2))
        try writer.finish()
        #expect(try folder.rows(Self.ends) == ["3|bye|0|-|-", "2|wait|2|-|-"])
    }
}
