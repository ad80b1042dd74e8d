// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB
import Testing

@testable import DLTraceStore

@Suite("The digest")
struct DigestTests {
    private static func process(_ stream: UInt64) -> Process {
        var process = Process(stream: stream, pid: UInt32(stream))
        process.hello()
        return process
    }

    private static func isComplete(_ folder: TraceFolder) throws -> Bool {
        try TraceDatabase(path: folder.path).read { try DigestMaker.isComplete(in: $0) }
    }

    @Test("It is whole when a recording ends, and not before")
    func recording() throws {
        let folder = try TraceFolder()
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.process(1).records)
        #expect(try !Self.isComplete(folder))
        try writer.finish()
        #expect(try Self.isComplete(folder))
    }

    @Test("What was recorded since is taken into it by whoever asks first")
    func later() throws {
        let folder = try TraceFolder()
        try folder.store(Self.process(1).records)
        let writer = try TraceWriter(path: folder.path)
        try writer.append(Self.process(2).records)
        try writer.finish(unless: { true })
        #expect(try !Self.isComplete(folder))
        try TraceIndexes.complete(in: folder.path)
        #expect(try Self.isComplete(folder))
        #expect(try folder.rows("SELECT process_id FROM digest_process ORDER BY 1") == ["1", "2"])
    }

    @Test(
        "One of another version, or of which something is missing, is made anew",
        arguments: [
            "UPDATE digest_status SET version = version + 1", "DROP TABLE digest_status",
            "DROP TABLE digest_call",
        ])
    func version(_ change: String) throws {
        let folder = try TraceFolder()
        try folder.store(Self.process(1).records)
        try DatabaseQueue(path: folder.path).write { database in
            try database.execute(
                sql: "\(change); ALTER TABLE digest_process ADD COLUMN other INTEGER")
        }
        #expect(try !Self.isComplete(folder))
        try TraceIndexes.complete(in: folder.path)
        #expect(try Self.isComplete(folder))
        #expect(
            try folder.rows("SELECT name FROM pragma_table_info('digest_process')")
                .contains("other") == false)
    }
}
