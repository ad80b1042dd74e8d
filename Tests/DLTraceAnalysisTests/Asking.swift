// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import Testing
import TraceFixtures

@testable import DLTraceAnalysis

/// What a view or a rule says of a scenario.
enum Asking {
    /// An analyzer of a scenario's database.
    static func analyzer(_ scenarios: (TraceFixture) throws -> Void...) throws -> (
        analyzer: Analyzer, fixture: TraceFixture
    ) {
        let fixture = try TraceFixture()
        for scenario in scenarios {
            try scenario(fixture)
        }
        return (Analyzer(try TraceDatabase(path: try fixture.close())), fixture)
    }

    /// The rows of a query, values joined by bars.
    static func rows(_ sql: String, _ scenario: @escaping (TraceFixture) throws -> Void) throws
        -> [String]
    {
        let (analyzer, fixture) = try analyzer(scenario)
        return try withExtendedLifetime(fixture) {
            try analyzer.query(sql).rows.map { $0.map(word).joined(separator: "|") }
        }
    }

    /// The findings of the built-in rules: the same in the whole trace and in what a digest keeps of it.
    static func findings(_ scenario: @escaping (TraceFixture) throws -> Void) throws -> [Finding] {
        let (analyzer, fixture) = try analyzer(scenario)
        return try withExtendedLifetime(fixture) {
            let whole = try analyzer.analyze(.all, rules: .builtIn(), isNarrow: false)
            try TraceIndexes.complete(in: fixture.path)
            let database = try TraceDatabase(path: fixture.path)
            let narrow = try Analyzer(database).analyze(.all, rules: .builtIn(), isNarrow: true)
            #expect(narrow.findings == whole.findings)
            #expect(narrow.processes == whole.processes)
            return narrow.findings
        }
    }

    /// Severities and rules.
    static func names(_ scenario: @escaping (TraceFixture) throws -> Void) throws -> [String] {
        try findings(scenario).map { "\($0.severity.rawValue) \($0.rule)" }
    }

    private static func word(_ value: Value) -> String {
        switch value {
        case .null: "-"
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob: "blob"
        }
    }
}
