// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Foundation
import GRDB
import Testing

@testable import DLTraceStore

/// What `dltrace prune` and `--max-size` remove, and what they leave.
@Suite struct PruneTests {
    /// A program that opens and closes libraries, one after the other.
    private static func program(
        _ stream: UInt64, cycles: UInt32, ends: Bool = true, path: String = "/lib/x.so"
    ) -> DLTraceStoreTests.Process {
        var process = DLTraceStoreTests.Process(stream: stream, pid: UInt32(stream) + 100)
        process.hello()
        process.load(1, "/bin/prog", at: 0x40_0000, origin: .program)
        for cycle in 0..<cycles {
            let open = process.open("x.so", from: [0x40_0100 + UInt64(cycle % 7)])
            let seq = open.header.seq
            process.load(cycle + 2, WireText(bytes: Array(path.utf8)), at: 0x1000_0000, parent: seq)
            process.add(.end(.init(result: 0x77, generation: cycle + 2)), parent: seq)
            let close = process.add(
                .dlclose(
                    .init(
                        handle: 0x77, generation: cycle + 2, stack: WireStack([0x40_0200]))))
            process.unload(cycle + 2, parent: close.header.seq)
            process.add(.end(.init()), parent: close.header.seq)
        }
        if ends { process.bye() }
        return process
    }

    private static let counts = """
        SELECT
            (SELECT COUNT(*) FROM process), (SELECT COUNT(*) FROM event),
            (SELECT COUNT(*) FROM library), (SELECT COUNT(*) FROM library_needed),
            (SELECT COUNT(*) FROM binary), (SELECT COUNT(*) FROM frame),
            (SELECT COUNT(*) FROM stack), (SELECT COUNT(*) FROM stack_frame),
            (SELECT COUNT(*) FROM text), (SELECT COUNT(*) FROM process_end)
        """

    private static func prune(
        _ folder: TraceFolder, isAlive: Bool = false, _ change: (inout PruneRequest) -> Void
    ) throws -> PruneResult {
        var request = PruneRequest()
        change(&request)
        let writer = try TraceWriter(path: folder.path)
        let result = try writer.prune(request) { _ in isAlive }
        try writer.finish()
        #expect(try folder.damage() == [])
        return result
    }

    @Test("A removed process leaves nothing, and does not come back")
    func removed() throws {
        let (first, second) = (Self.program(1, cycles: 3), Self.program(2, cycles: 4, path: "/y"))
        let alone = try TraceFolder()
        try alone.store(second.records)
        let folder = try TraceFolder()
        try folder.store(first.records, second.records)
        #expect(try Self.prune(folder) { $0.named = [1] }.removed.map(\.id) == [1])
        #expect(try folder.rows(Self.counts) == alone.rows(Self.counts))
        let before = try folder.rows(Self.counts)
        try folder.store(first.records)
        #expect(try folder.rows(Self.counts) == before)
        #expect(try folder.rows("SELECT * FROM gap") == [])
    }

    @Test("A writer that is at it stores nothing more of a process that another one removed")
    func removedMeanwhile() throws {
        let program = Self.program(1, cycles: 3)
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Array(program.records.prefix(5)))
        // One is missing, so the others wait.
        try writer.append(Array(program.records[6..<9]))
        let other = try TraceWriter(path: folder.path)
        var request = PruneRequest()
        request.named = [1]
        _ = try other.prune(request) { _ in true }
        try other.finish(makingIndexes: false)
        try writer.append(Array(program.records[9...]))
        #expect(try !writer.noteEnd(stream: 1, witness: .gone))
        try writer.append(Self.program(2, cycles: 2).records)
        try writer.finish()
        #expect(try folder.rows("SELECT stream, executable FROM process") == ["2|/bin/prog"])
        #expect(try folder.damage() == [])
    }

    @Test("By age go processes of which nothing is newer; those that run stay unless named")
    func age() throws {
        let folder = try TraceFolder()
        try folder.store(
            Self.program(1, cycles: 1).records, Self.program(2, cycles: 1, ends: false).records)
        let end = Int64(1_700_000_000_000_000_000) + 1000
        #expect(try Self.prune(folder) { $0.before = end - 1_000_000 }.removed.isEmpty)
        let old = end + 1_000_000_000
        #expect(try Self.prune(folder, isAlive: true) { $0.before = old }.removed.map(\.id) == [1])
        let kept = try Self.prune(folder, isAlive: true) { $0.offered = [2] }
        #expect(kept.kept.map(\.id) == [2])
        #expect(try Self.prune(folder, isAlive: true) { $0.named = [2] }.removed.map(\.id) == [2])
        #expect(try folder.rows("SELECT COUNT(*) FROM event") == ["0"])
    }

    @Test("A parent stays as long as a child that was forked from it")
    func family() throws {
        var parent = DLTraceStoreTests.Process(stream: 1, pid: 1)
        parent.hello()
        parent.load(1, "/lib/a.so", at: 0x1000)
        parent.bye()
        var child = DLTraceStoreTests.Process(stream: 2, pid: 2)
        child.hello(parent: 1, parentSeq: 2)
        child.open("x", from: [0x1100])
        let folder = try TraceFolder()
        try folder.store(parent.records, child.records)
        let result = try Self.prune(folder, isAlive: true) { $0.named = [1] }
        #expect(result.removed.isEmpty)
        #expect(result.kept.map(\.id) == [1])
        #expect(try Self.prune(folder) { $0.named = [1, 2] }.removed.count == 2)
    }

    @Test("By size go the oldest, and the file becomes smaller")
    func size() throws {
        let folder = try TraceFolder()
        try folder.store(
            Self.program(1, cycles: 900).records, Self.program(2, cycles: 900).records,
            Self.program(3, cycles: 900).records)
        func bytes() throws -> UInt64 {
            try FileManager.default.attributesOfItem(atPath: folder.path)[.size] as? UInt64 ?? 0
        }
        let before = try bytes()
        let foretold = try Self.prune(folder) {
            $0.maxBytes = before / 2
            $0.isDryRun = true
        }
        #expect(try folder.rows("SELECT COUNT(*) FROM process") == ["3"])
        let result = try Self.prune(folder) { $0.maxBytes = before / 2 }
        #expect(result.removed.map(\.id) == foretold.removed.map(\.id))
        #expect(result.removed.map(\.id) == [1, 2])
        #expect(try bytes() <= before / 2)
    }

    @Test("What is recorded stays below a size; the events that are left explain themselves")
    func room() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        let limit: UInt64 = 1 << 20
        var most: UInt64 = 0
        let program = Self.program(1, cycles: 12_000, ends: false).records
        for start in stride(from: 0, to: program.count, by: 1000) {
            try writer.append(Array(program[start..<min(start + 1000, program.count)]))
            _ = try writer.makeRoom(below: limit) { _ in true }
            let size =
                try FileManager.default.attributesOfItem(atPath: folder.path)[.size] as? UInt64
            most = max(most, size ?? 0)
        }
        try writer.finish()
        #expect(most < limit)
        #expect(try folder.damage() == [])
        let row = try folder.rows(
            "SELECT lost_records, unseen_callers, pruned_seq > 50000, is_complete FROM process_summary"
        )
        #expect(row == ["0|0|1|0"])
        #expect(
            try folder.rows("SELECT COUNT(*) FROM handle_open WHERE close_seq IS NULL") == ["0"])
        #expect(try folder.rows("SELECT MAX(seq) FROM event") == ["\(program.count)"])
        // A reader of its spill files begins anew after a crash.
        try folder.store(program)
        #expect(try folder.rows("SELECT MIN(seq), COUNT(*) > 2 FROM event WHERE seq > 100") != [])
        #expect(
            try folder.rows(
                "SELECT COUNT(*) FROM event WHERE seq BETWEEN 20 AND 40000") == ["0"])
    }

    @Test("A database of before there was the table is read, and gets it from who writes")
    func older() throws {
        let folder = try TraceFolder()
        try folder.store(Self.program(1, cycles: 1).records)
        try DatabaseQueue(path: folder.path).inDatabase { try $0.execute(sql: "DROP TABLE pruned") }
        #expect(try folder.rows("SELECT pruned_seq FROM process_summary") == ["0"])
        #expect(try Self.prune(folder) { $0.named = [1] }.removed.count == 1)
        #expect(try folder.rows("SELECT COUNT(*) FROM pruned") == ["1"])
    }
}
