// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Testing

@testable import DLTraceStore

/// What never came is noted, and only that.
@Suite struct GapTests {
    private static func process(_ count: Int) -> Process {
        var process = Process(stream: 9, pid: 9)
        process.hello()
        while process.records.count < count { process.open("x") }
        return process
    }

    private static let gaps = "SELECT first_seq, last_seq FROM gap ORDER BY 1"

    private static func without(_ missing: Set<UInt64>, of count: Int) -> [DLTraceWire.Record] {
        process(count).records.filter { !missing.contains($0.header.seq) }
    }

    @Test("Missing records are noted when the trace is finished")
    func noted() throws {
        let folder = try TraceFolder()
        try folder.store(Self.without([1, 2, 5, 9], of: 9))
        #expect(try folder.rows(Self.gaps) == ["1|2", "5|5"])
        #expect(try folder.rows("SELECT executable, pid FROM process") == ["-|9"])
    }

    @Test("Records that come late shrink their gap, split it, and fill it")
    func late() throws {
        let all = Self.process(12).records
        let folder = try TraceFolder()
        try folder.store(Self.without([1, 4, 5, 6, 7, 8, 11], of: 12))
        #expect(try folder.rows(Self.gaps) == ["1|1", "4|8", "11|11"])
        try folder.store([all[5]])
        #expect(try folder.rows(Self.gaps) == ["1|1", "4|5", "7|8", "11|11"])
        try folder.store([all[6], all[5], all[3]])
        #expect(try folder.rows(Self.gaps) == ["1|1", "5|5", "8|8", "11|11"])
        try folder.store([all[0], all[10]])
        #expect(try folder.rows(Self.gaps) == ["5|5", "8|8"])
        #expect(try folder.rows("SELECT executable FROM process") == ["/bin/prog"])
        try folder.store(all)
        #expect(try folder.rows(Self.gaps) == [])
        #expect(try folder.rows("SELECT count(*), max(seq) FROM event") == ["12|12"])
    }

    @Test("A gap is passed over when too many records wait behind it")
    func limit() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(
            path: folder.path, limits: Ingest.Limits(recordsOfStream: 100))
        for record in Self.without([2], of: 200) { try writer.append([record]) }
        let rows = try writer.write { try TraceFolder.rows($0, "SELECT max(seq) FROM event") }
        #expect(rows == ["200"])
        try writer.append([Self.process(2).records[1]])
        try writer.finish()
        #expect(try folder.rows(Self.gaps) == [])
        #expect(try folder.rows("SELECT count(*) FROM event") == ["200"])
    }

    @Test("A gap is passed over when memory for what waits is used up")
    func bytes() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path, limits: Ingest.Limits(bytes: 100_000))
        try writer.append(Self.without([1], of: 1000))
        let rows = try writer.write { try TraceFolder.rows($0, "SELECT max(seq) FROM event") }
        #expect(rows == ["1000"])
        try writer.finish()
        #expect(try folder.rows(Self.gaps) == ["1|1"])
    }

    @Test("A gap is passed over when it was waited for long enough")
    func patience() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path, limits: Ingest.Limits(patienceNs: 0))
        try writer.append(Self.without([2], of: 5))
        try writer.passStale()
        let rows = try writer.write { try TraceFolder.rows($0, "SELECT max(seq) FROM event") }
        #expect(rows == ["5"])
        try writer.finish()
        #expect(try folder.rows(Self.gaps) == ["2|2"])
    }

    @Test("The end of a process ends the waiting for its records")
    func end() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.without([2], of: 5))
        #expect(try writer.noteEnd(stream: 9, witness: .wait, signal: 9, coreDumped: true))
        let rows = try writer.write { try TraceFolder.rows($0, "SELECT max(seq) FROM event") }
        #expect(rows == ["5"])
        try writer.finish()
    }

    @Test("Gaps survive a writer that was killed")
    func killed() throws {
        let folder = try TraceFolder()
        do {
            // Never finished.
            let writer = try TraceWriter(path: folder.path, limits: Ingest.Limits(patienceNs: 0))
            try writer.append(Self.without([2, 3], of: 5))
            try writer.passStale()
        }
        try folder.store([Self.process(5).records[2]])
        #expect(try folder.rows(Self.gaps) == ["2|2"])
        #expect(try folder.rows("SELECT group_concat(seq) FROM event") == ["1,3,4,5"])
    }
}
