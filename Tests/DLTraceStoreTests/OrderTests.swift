// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Testing

@testable import DLTraceStore

/// Records may come in any order, and more than once.
@Suite struct OrderTests {
    /// A parent that loads before and after it forks, and a child that unloads.
    private static func family() -> (parent: Process, child: Process) {
        var parent = Process(stream: 1, pid: 10)
        parent.hello()
        parent.load(1, "/bin/prog", at: 0x1000)
        parent.load(2, "/lib/old.so", at: 0x8000)
        parent.unload(2)
        parent.load(3, "/lib/both.so", at: 0x8000)
        let forkedAt = parent.seq
        parent.unload(3)
        parent.load(4, "/lib/later.so", at: 0x8000)
        parent.add(.fork(.init(childStream: 2)))
        for _ in 0..<20 { parent.open("x", from: [0x1100, 0x8100]) }
        parent.bye()
        var child = Process(stream: 2, pid: 11)
        child.hello(parent: 1, parentSeq: forkedAt)
        child.open("y", from: [0x1100, 0x8100])
        child.load(4, "/lib/own.so", at: 0x20000)
        child.unload(3)
        child.open("y", from: [0x1100, 0x8100, 0x20100])
        child.bye(1)
        return (parent, child)
    }

    @Test("A forked child has its parent's libraries as they were at the fork")
    func fork() throws {
        let (parent, child) = Self.family()
        let folder = try TraceFolder()
        try folder.store(parent.records, child.records)
        #expect(
            try folder.rows("SELECT parent_id, parent_seq FROM process WHERE pid = 11") == ["1|5"])
        #expect(
            try folder.rows(
                """
                SELECT seq, position, path
                FROM event
                JOIN stack_frame USING (stack_id)
                JOIN frame ON frame.id = frame_id
                LEFT JOIN library ON library.id = frame.library_id
                LEFT JOIN binary ON binary.id = binary_id
                WHERE event.process_id = 2
                ORDER BY 1, 2
                """) == [
                    "2|0|/bin/prog", "2|1|/lib/both.so", "5|0|/bin/prog", "5|1|-",
                    "5|2|/lib/own.so",
                ])
        #expect(
            try folder.rows(
                """
                SELECT generation, library.process_id FROM event JOIN library ON library.id = library_id
                WHERE event.process_id = 2 AND kind = 'unload'
                """) == ["3|1"])
        #expect(try folder.rows("SELECT * FROM gap") == [])
    }

    @Test("Whatever the order, the rows are the same", arguments: 1...12)
    func shuffled(seed: Int) throws {
        let (parent, child) = Self.family()
        let inOrder = try TraceFolder()
        try inOrder.store(parent.records, child.records)
        // The parent's row comes first, so that processes have the same numbers.
        var generator = SeededGenerator(seed: UInt64(seed))
        let rest = (parent.records.dropFirst() + child.records).shuffled(using: &generator)
        let mixed = try TraceFolder()
        let writer = try TraceWriter(path: mixed.path)
        try writer.append([parent.records[0]])
        for record in rest { try writer.append([record]) }
        try writer.finish()
        #expect(try mixed.contents() == inOrder.contents())
        #expect(try mixed.damage() == [])
    }

    @Test("A child's records that come first wait for its parent's")
    func childFirst() throws {
        let (parent, child) = Self.family()
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(child.records)
        #expect(try writer.write { try TraceFolder.rows($0, "SELECT * FROM process") } == [])
        try writer.append(Array(parent.records.prefix(5)))
        let events = try writer.write {
            try TraceFolder.rows(
                $0, "SELECT pid, count(*) FROM event JOIN process ON id = process_id GROUP BY 1")
        }
        #expect(events == ["10|5", "11|6"])
        try writer.append(parent.records)
        try writer.finish()
        #expect(
            try folder.rows("SELECT pid, parent_id FROM process ORDER BY id") == ["10|-", "11|1"])
    }

    @Test("A child whose parent never comes is stored without, and linked when it comes after all")
    func lateParent() throws {
        let (parent, child) = Self.family()
        let folder = try TraceFolder()
        let writer = try TraceWriter(
            path: folder.path, limits: Ingest.Limits(patienceNs: 0))
        try writer.append(child.records)
        try writer.passStale()
        #expect(
            try writer.write {
                try TraceFolder.rows($0, "SELECT parent_id, parent_seq FROM process")
            }
                == ["-|5"])
        try writer.append(parent.records)
        try writer.finish()
        #expect(
            try folder.rows("SELECT pid, parent_id FROM process ORDER BY id") == ["11|2", "10|-"])
    }

    @Test("Forged families without a beginning are stored all the same")
    func cycle() throws {
        var first = Process(stream: 1, pid: 1)
        first.hello(parent: 2, parentSeq: 99)
        var second = Process(stream: 2, pid: 2)
        second.hello(parent: 1, parentSeq: 99)
        var own = Process(stream: 3, pid: 3)
        own.hello(parent: 3, parentSeq: .max)
        let folder = try TraceFolder()
        try folder.store(first.records + second.records + own.records)
        #expect(try folder.rows("SELECT pid FROM process ORDER BY pid") == ["1", "2", "3"])
        #expect(try folder.damage() == [])
    }

    @Test("Records that come twice are stored once, in the same run and the next")
    func duplicates() throws {
        let (parent, child) = Self.family()
        let folder = try TraceFolder()
        try folder.store(parent.records + child.records, parent.records, child.records)
        let contents = try folder.contents()
        try folder.store(child.records + parent.records)
        #expect(try folder.contents() == contents)
        #expect(try folder.rows("SELECT count(*) FROM process_end") == ["2"])
    }

    @Test("A spill file that is read again while it grows adds only what is new")
    func growing() throws {
        let (parent, _) = Self.family()
        let once = try TraceFolder()
        try once.store(parent.records)
        let folder = try TraceFolder()
        for count in 1...parent.records.count {
            try folder.store(Array(parent.records.prefix(count)))
        }
        #expect(try folder.contents() == once.contents())
    }

    @Test("What lies where is known again after a restart")
    func resume() throws {
        let (parent, child) = Self.family()
        let once = try TraceFolder()
        try once.store(parent.records, child.records)
        let folder = try TraceFolder()
        try folder.store(parent.records)
        for record in child.records { try folder.store([record]) }
        #expect(try folder.contents() == once.contents())
    }
}
