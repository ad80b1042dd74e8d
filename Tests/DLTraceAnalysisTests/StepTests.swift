// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import Foundation
import GRDB
import GRDBSQLite
import Testing
import TraceFixtures

@testable import DLTraceAnalysis

/// How much SQLite has to do for an answer, counted in steps of its virtual machine: it must not grow with
/// what an index or the digest can find.
@Suite("Steps to an answer")
struct StepTests {
    /// The steps of the statements that a connection has run.
    private final class Counter: @unchecked Sendable {
        var steps: [String: Int] = [:]
        var sum: Int { steps.values.reduce(0, +) }
    }

    /// A trace of bench/traces, with its indexes.
    private static func trace(
        _ shape: String, cycles: Int, processes: Int = 1
    ) throws -> TraceFixture {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("bench/traces/\(shape).sql")
        let fixture = try TraceFixture()
        try fixture.executeOutside(
            String(contentsOf: file, encoding: .utf8).replacing(":cycles", with: "\(cycles)")
                .replacing(":processes", with: "\(processes)"))
        try TraceIndexes.complete(in: try fixture.close())
        return fixture
    }

    private static func steps(
        _ fixture: TraceFixture, _ question: (Analyzer) throws -> Void
    ) throws -> Counter {
        return try withExtendedLifetime(fixture) {
            let database = try TraceDatabase(path: fixture.path)
            let counter = Counter()
            _ = try database.read { connection in
                sqlite3_trace_v2(
                    connection.sqliteConnection, UInt32(SQLITE_TRACE_PROFILE),
                    { _, context, statement, _ in
                        guard let context, let statement else { return 0 }
                        let counter = Unmanaged<Counter>.fromOpaque(context).takeUnretainedValue()
                        let raw = OpaquePointer(statement)
                        let sql = sqlite3_sql(raw).map { String(cString: $0) } ?? ""
                        let steps = sqlite3_stmt_status(raw, SQLITE_STMTSTATUS_VM_STEP, 1)
                        counter.steps[sql, default: 0] += Int(steps)
                        return 0
                    }, Unmanaged.passUnretained(counter).toOpaque())
            }
            try question(Analyzer(database))
            try database.read { connection in
                _ = sqlite3_trace_v2(connection.sqliteConnection, 0, nil, nil)
            }
            return counter
        }
    }

    /// Ten times the events may take a tenth more steps: trees are deeper.
    private static func expectSame(_ question: (Analyzer) throws -> Void) throws {
        let few = try steps(trace("cycles", cycles: 300), question)
        let many = try steps(trace("cycles", cycles: 3000), question)
        let grown = many.steps.filter { $0.value > 2 * few.steps[$0.key, default: 0] + 1000 }
        #expect(grown.isEmpty)
        #expect(many.sum < few.sum + few.sum / 10)
    }

    /// Ten times the processes may take ten times the steps, and no more.
    private static func expectLinear(_ question: (Analyzer) throws -> Void) throws {
        let few = try steps(trace("processes", cycles: 0, processes: 20), question)
        let many = try steps(trace("processes", cycles: 0, processes: 200), question)
        #expect(many.sum < few.sum * 11)
    }

    @Test("a report of many processes")
    func reportOfMany() throws {
        try Self.expectLinear { analyzer in
            let analysis = try analyzer.analyze(.all, rules: .builtIn())
            #expect(analysis.processes.count >= 20)
        }
    }

    @Test("a library's life in many processes")
    func whyInMany() throws {
        try Self.expectLinear { analyzer in
            let stories = try analyzer.stories(of: "libplug.so", in: .all, limit: 2)
            #expect(stories.count >= 20)
            let last = try #require(stories.last)
            #expect(
                try analyzer.stories(of: "libplug.so", in: .id(last.process.id), limit: 2) == [
                    last
                ])
        }
    }

    @Test("what lay at an address of many processes")
    func addressInMany() throws {
        try Self.expectLinear { analyzer in
            let answers = try analyzer.addresses([0x700010], in: .all, naming: FakeNaming())
            #expect(answers.count >= 20)
            let last = try #require(answers.last)
            #expect(
                try analyzer.addresses(
                    [0x700010], in: .id(last.process.id), naming: FakeNaming()) == [last])
        }
    }

    @Test("an address where nothing ever was costs a look at the processes")
    func hole() throws {
        try Self.expectLinear { analyzer in
            let answers = try analyzer.addresses([0x900010], in: .all, naming: FakeNaming())
            #expect(answers.map(\.places.isEmpty) == [true])
        }
    }

    @Test("a report, every rule of it")
    func report() throws {
        try Self.expectSame { analyzer in
            let findings = try analyzer.analyze(.all, rules: .builtIn()).findings
            #expect(findings.map(\.rule) == ["load-churn"])
        }
    }

    @Test("a library's life")
    func why() throws {
        try Self.expectSame { analyzer in
            let stories = try analyzer.stories(of: "libc.so.6", in: .last, limit: 8)
            #expect(stories.count == 1)
        }
    }

    @Test("a library's life, of which there were many")
    func whyOfMany() throws {
        try Self.expectSame { analyzer in
            let stories = try analyzer.stories(of: "libplug.so", in: .last, limit: 8)
            #expect(stories.map(\.loads.count) == [8])
        }
    }

    @Test("what lay at an address")
    func address() throws {
        try Self.expectSame { analyzer in
            let answers = try analyzer.addresses([0x700010], in: .last, naming: FakeNaming())
            #expect(answers.first?.places.isEmpty == false)
        }
    }

    @Test(
        "events of a kind, of a thread, about a library", arguments: ["kind", "thread", "library"])
    func events(_ filter: String) throws {
        try Self.expectSame { analyzer in
            var count = 0
            try analyzer.timeLine(
                .last,
                filter: TimeLineFilter(
                    kinds: filter == "kind" ? ["bye"] : [],
                    library: filter == "library" ? "libc.so" : nil,
                    thread: filter == "thread" ? 1 : nil)
            ) { _ in count += 1 }
            #expect(count == (filter == "thread" ? 0 : 1))
        }
    }
}
