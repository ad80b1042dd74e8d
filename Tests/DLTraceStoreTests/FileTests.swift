// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Foundation
import GRDB
import Testing

@testable import DLTraceStore

/// Which files are opened, and how they are left. One test after the other, since one changes the umask.
@Suite(.serialized) struct FileTests {
    private static func records() -> [DLTraceWire.Record] {
        var process = Process(stream: 1, pid: 1)
        process.hello()
        process.bye()
        return process.records
    }

    private static func code(_ body: () throws -> Void) -> StoreError.Code? {
        do {
            try body()
            return nil
        } catch let error as StoreError {
            let lines = "\(error)".split(separator: "\n")
            #expect(lines.count == 2, "\(error)")
            #expect(error.description.hasPrefix(error.path + ": "))
            return error.code
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test("The indexes are made when a recording ends, and later where they are missing")
    func indexes() throws {
        let folder = try TraceFolder()
        var process = Process(stream: 1, pid: 1)
        process.hello()
        try folder.store(process.records)
        let names = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%' ORDER BY 1"
        let all = try folder.rows(names)
        #expect(all.contains("event_library"))
        #expect(all.contains("library_place"))
        let database = try DatabaseQueue(path: folder.path)
        try database.write { try $0.execute(sql: "DROP INDEX event_library") }
        #expect(try folder.rows(names) != all)
        try TraceIndexes.complete(in: folder.path)
        #expect(try folder.rows(names) == all)
    }

    @Test("A new database is its owner's alone, while it is written and afterwards")
    func permissions() throws {
        let folder = try TraceFolder()
        let old = umask(0)
        defer { umask(old) }
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.records())
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path) {
            var status = stat()
            #expect(stat(folder.url.appending(path: name).path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(name)")
        }
        try writer.finish()
    }

    @Test("A finished trace is one file, out of WAL, that a mail can carry")
    func oneFile() throws {
        let folder = try TraceFolder()
        try folder.store(Self.records())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["trace.db"])
        #expect(try folder.rows("PRAGMA journal_mode") == ["delete"])
        #expect(try folder.rows("PRAGMA application_id") == ["1145853042"])
        #expect(try folder.damage() == [])
    }

    @Test("Finishing while another one reads leaves a whole database")
    func finishWhileRead() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.records())
        let reader = try TraceDatabase(path: folder.path)
        try reader.read { database in
            #expect(try TraceFolder.rows(database, "SELECT count(*) FROM event") == ["2"])
            try writer.finish()
            #expect(try TraceFolder.rows(database, "SELECT count(*) FROM event") == ["2"])
        }
        #expect(try folder.rows("SELECT count(*) FROM event") == ["2"])
    }

    @Test("A finished writer refuses more")
    func closed() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.finish()
        #expect(Self.code { try writer.append(Self.records()) } == .closed)
    }

    @Test("What is no database of ours is refused and left as it is")
    func foreign() throws {
        let folder = try TraceFolder()
        let text = folder.url.appending(path: "text.db")
        try Data(repeating: 0x61, count: 8192).write(to: text)
        let other = folder.url.appending(path: "other.db")
        try DatabaseQueue(path: other.path).inDatabase {
            try $0.execute(sql: "CREATE TABLE event (a); INSERT INTO event VALUES (1)")
        }
        for url in [text, other] {
            let before = try Data(contentsOf: url)
            #expect(Self.code { _ = try TraceWriter(path: url.path) } == .foreign)
            #expect(Self.code { _ = try TraceDatabase(path: url.path) } == .foreign)
            #expect(try Data(contentsOf: url) == before)
        }
        #expect(Self.code { _ = try TraceWriter(path: folder.url.path) } == .foreign)
        #expect(Self.code { _ = try TraceDatabase(path: "/dev/null") } == .foreign)
    }

    @Test("Another version's database is refused and left as it is", arguments: [3, 1, 0])
    func otherVersion(version: Int) throws {
        let folder = try TraceFolder()
        try folder.store(Self.records())
        try DatabaseQueue(path: folder.path).inDatabase {
            try $0.execute(sql: "PRAGMA user_version = \(version)")
        }
        let expected: StoreError.Code = version == 3 ? .newer : .older
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.path))
        #expect(Self.code { _ = try TraceWriter(path: folder.path) } == expected)
        #expect(Self.code { _ = try TraceDatabase(path: folder.path) } == expected)
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path)) == before)
    }

    @Test("Where nothing was traced yet, a reader says so and makes no file")
    func missing() throws {
        let folder = try TraceFolder()
        #expect(Self.code { _ = try TraceDatabase(path: folder.path) } == .missing)
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        #expect(Self.code { _ = try TraceWriter(path: "/nowhere/at/all/x.db") } == .access)
        try Data().write(to: URL(fileURLWithPath: folder.path))
        #expect(Self.code { _ = try TraceDatabase(path: folder.path) } == .missing)
        try folder.store(Self.records())
        #expect(try folder.rows("SELECT count(*) FROM event") == ["2"])
    }

    @Test("Broken input that there was no room for counts when it is stored")
    func brokenInputRetried() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        let pages = Int(try folder.rows("PRAGMA page_count")[0]) ?? 0
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        var batch = TraceBatch()
        let reason = BrokenInput.Reason.body
        for offset in 0..<900 as Range<UInt64> {
            batch.add(BrokenInput(offset: offset, skipped: 1, reason: reason), of: "/spill/1")
        }
        for _ in 0..<2 {
            #expect(throws: StoreError.self) { try writer.append(batch) }
        }
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try writer.append(batch)
        try writer.finish()
        #expect(try folder.rows("SELECT COUNT(*) FROM broken_input") == ["900"])
    }

    @Test("A full disk is one clear line, and what was refused can be stored later")
    func full() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        var process = Process(stream: 1, pid: 1)
        process.hello()
        for number in 0..<2000 { process.open(WireText(bytes: Array("library \(number)".utf8))) }
        process.bye()
        let records = process.records
        // The last of a batch comes first: it waits, is taken out, and must be put back.
        try writer.append([records[900]] + records[..<700])
        let limit = try writer.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = \(limit + 2)") }
        #expect(Self.code { try writer.append(Array(records[700...])) } == .full)
        #expect(Self.code { try writer.append(Array(records[700...])) } == .full)
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try writer.append(Array(records[700...899] + records[901...]))
        try writer.finish()
        #expect(
            try folder.rows("SELECT count(*), max(seq) FROM event")
                == ["\(records.count)|\(records.count)"])
        #expect(try folder.rows("SELECT * FROM gap") == [])
        #expect(try folder.damage() == [])
    }

    @Test("After a rollback forked children go on where they were")
    func fullFamily() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        var parent = Process(stream: 1, pid: 1)
        parent.hello()
        parent.load(1, "/lib/a.so", at: 0x1000)
        var child = Process(stream: 2, pid: 2)
        child.hello(parent: 1, parentSeq: 2)
        for number in 0..<500 {
            child.open(WireText(bytes: Array("library \(number)".utf8)), from: [0x1001])
        }
        try writer.append(child.records)
        let limit = try writer.write { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = \(limit + 2)") }
        #expect(Self.code { try writer.append(parent.records) } == .full)
        try writer.write { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try writer.append(parent.records)
        let rows = try writer.write { try TraceFolder.rows($0, "SELECT count(*) FROM event") }
        #expect(rows == ["503"])
        try writer.finish()
        #expect(try folder.rows("SELECT DISTINCT library_id FROM frame") == ["1"])
        #expect(try folder.damage() == [])
    }

    @Test("Indexes that were not made at the end are made by whoever asks first")
    func abandonedIndexes() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.records())
        try writer.finish(unless: { true })
        let made = "SELECT count(*) FROM sqlite_master WHERE name GLOB 'event_*'"
        #expect(try folder.rows(made) == ["0"])
        try TraceIndexes.complete(in: folder.path)
        #expect(try folder.rows(made) != ["0"])
    }

    @Test("Making indexes tells how far it is")
    func progress() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.records())
        var told: [Int] = []
        try writer.finish(progress: { done, total in
            told.append(done)
            #expect(done < total)
        })
        #expect(told == Array(0..<told.count))
        #expect(told.count > 1)
    }

    @Test("What others write through the writer may not refer to what is not there")
    func references() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.records())
        #expect(throws: StoreError.self) {
            try writer.write { try $0.execute(sql: "DELETE FROM process") }
        }
        try writer.finish()
        #expect(try folder.rows("SELECT count(*) FROM process") == ["1"])
    }

    @Test("Two writers of one database do not hurt each other")
    func twoWriters() throws {
        let folder = try TraceFolder()
        let first = try TraceWriter(path: folder.path)
        let second = try TraceWriter(path: folder.path)
        var processes = (1...4 as ClosedRange<UInt64>).map { Process(stream: $0, pid: UInt32($0)) }
        for index in processes.indices {
            processes[index].hello()
            processes[index].load(1, "/lib/a.so", at: 0x1000)
            for _ in 0..<20 { processes[index].open("same", from: [0x1100]) }
            processes[index].bye()
        }
        for part in 0..<6 {
            for process in processes {
                let some = process.records[(part * 4)..<min(part * 4 + 4, process.records.count)]
                // Each gets what the other one has, too.
                try first.append(Array(some))
                try second.append(Array(some))
            }
        }
        try first.finish()
        try second.finish()
        #expect(try folder.rows("SELECT count(*) FROM event") == ["92"])
        #expect(try folder.rows("SELECT count(*) FROM gap") == ["0"])
        #expect(
            try folder.rows(
                """
                SELECT count(*) FROM event JOIN stack_frame USING (stack_id) JOIN frame ON id = frame_id
                WHERE frame.library_id IS NULL
                """) == ["0"])
        #expect(try folder.damage() == [])
    }
}
