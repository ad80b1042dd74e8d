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

    /// A trace of bench/traces/cycles.sql, with its indexes.
    private static func trace(cycles: Int) throws -> TraceFixture {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("bench/traces/cycles.sql")
        let fixture = try TraceFixture()
        try fixture.executeOutside(
            String(contentsOf: file, encoding: .utf8).replacing(":cycles", with: "\(cycles)"))
        try TraceIndexes.complete(in: try fixture.close())
        return fixture
    }

    private static func steps(
        cycles: Int, _ question: (Analyzer) throws -> Void
    ) throws -> Counter {
        let fixture = try trace(cycles: cycles)
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
            // How many loads there were at an address is counted by index.
            counter.steps = counter.steps.filter {
                !$0.key.hasPrefix("SELECT COUNT(*) FROM library WHERE process_id = ?")
            }
            try database.read { connection in
                _ = sqlite3_trace_v2(connection.sqliteConnection, 0, nil, nil)
            }
            return counter
        }
    }

    /// Ten times the events may take a tenth more steps: trees are deeper.
    private static func expectSame(_ question: (Analyzer) throws -> Void) throws {
        let (few, many) = (try steps(cycles: 300, question), try steps(cycles: 3000, question))
        let grown = many.steps.filter { $0.value > 2 * few.steps[$0.key, default: 0] + 1000 }
        #expect(grown.isEmpty)
        #expect(many.sum < few.sum + few.sum / 10)
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
