// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Foundation
import Testing

@testable import DLTraceCollector

/// Forged records through the real collector, and what every command says of them.
@Suite("Hostile streams", .serialized, .timeLimit(.minutes(15)))
struct HostileStreamTests {
    private static let events = 20

    private let command: Command
    private var database: String { command.folder / "state/dltrace/dltrace.db" }

    init() throws {
        command = try Command()
    }

    @Test("In spill files they cost the honest program nothing, and no command its answer")
    func spillFiles() throws {
        var honest = FakeProgram(pid: Int32.max - 1)
        let spill = try command.folder.make("state/dltrace/spill")
        let pid = HostileStreams.nobody
        for (index, stream) in HostileStreams.all(about: honest).enumerated() {
            try command.folder.write(
                "state/dltrace/spill/\(pid)-\(index).spill", stream.bytes)
        }
        try command.folder.write(
            "state/dltrace/spill/\(honest.pid)-1.spill", Self.bytes(of: &honest).flatMap { $0 })
        try check(honest)
        #expect(command.folder.names("state/dltrace/spill") == [], "\(spill)")
    }

    @Test("In the FIFO, among its records, they cost the honest program nothing either")
    func pipe() throws {
        let daemon = try command.start(["daemon"])
        #expect(becomesTrue { daemon.stderr.contains("collecting at") }, "\(daemon.stderr)")
        let pipe = try #require(
            FileHandle(forWritingAtPath: command.folder / "run/dltrace/pipe"))
        var honest = FakeProgram(pid: Int32.max - 1)
        let records = Self.bytes(of: &honest)
        let streams = HostileStreams.all(about: honest)
        for index in 0..<max(records.count, streams.count) {
            if index < records.count { try pipe.write(contentsOf: records[index]) }
            if index < streams.count { try pipe.write(contentsOf: streams[index].bytes) }
        }
        try pipe.close()
        daemon.child.send(SIGTERM)
        try daemon.child.wait()
        #expect(daemon.status == 0, "\(daemon.stderr)")
        try check(honest)
    }

    /// A HELLO, some events and a BYE.
    private static func bytes(of honest: inout FakeProgram) -> [[UInt8]] {
        var records = [honest.hello()]
        for _ in 0..<events { records.append(honest.event()) }
        records.append(honest.bye(status: 5))
        return records
    }

    /// The honest program's records are there, the liars are told of, and every command answers.
    private func check(_ honest: FakeProgram) throws {
        for format in ["text", "json"] {
            for question in [
                ["processes"], ["report", "--process", "all"], ["events", "--process", "all"],
                ["why", "--process", "all", "/lib/x1.so"],
                [
                    "addr", "--process", "all", "0x1100", "ffffffffffffffff", "8000000000000000",
                    "0",
                ],
            ] {
                let answer = try command.run(question + ["--format", format])
                #expect(answer.status == 0, "\(question): \(answer.stderr.prefix(500))")
                #expect(!answer.stdout.isEmpty, "\(question)")
                let harmful = answer.stdout.unicodeScalars.filter { $0.value < 32 && $0 != "\n" }
                #expect(harmful.isEmpty, "\(question)")
            }
        }
        let export = try command.run(["export"])
        #expect(export.status == 0, "\(export.stderr.prefix(500))")
        let trace = try Trace(database)
        #expect(try trace.events(of: honest.stream) == Int64(Self.events + 2))
        #expect(try trace.witnesses(of: honest.stream).first == "bye")
        #expect(
            try trace.texts("SELECT reason FROM broken_input").contains {
                $0 == "record 1000000 claims pid \(HostileStreams.nobody), not \(honest.pid)"
            })
        #expect(try trace.number("SELECT COUNT(*) FROM process") ?? 0 > 60)
        #expect(try trace.texts("PRAGMA integrity_check") == ["ok"])
        #expect(try trace.number("SELECT COUNT(*) FROM pragma_foreign_key_check") == 0)
    }
}
