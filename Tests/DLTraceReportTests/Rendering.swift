// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceReport
import DLTraceStore
import TraceFixtures

/// Renders scenarios.
enum Rendering {
    /// What an analyzer of scenarios says.
    static func ask<Answer>(
        _ scenarios: [(TraceFixture) throws -> Void], _ body: (Analyzer) throws -> Answer
    ) throws -> Answer {
        let fixture = try TraceFixture()
        for scenario in scenarios {
            try scenario(fixture)
        }
        let analyzer = Analyzer(try TraceDatabase(path: try fixture.close()))
        return try withExtendedLifetime(fixture) { try body(analyzer) }
    }

    /// A report on all processes.
    static func analysis(_ scenarios: ((TraceFixture) throws -> Void)...) throws -> Analysis {
        try ask(scenarios) { try $0.analyze(.all, rules: .builtIn()) }
    }

    /// Every scenario there is.
    static var all: [(TraceFixture) throws -> Void] {
        [
            { try $0.clean() }, { try $0.closedByTheProgram() }, { try $0.closedAtExit() },
            { try $0.closedInTheProtectedPass() }, { try $0.closedInAForkedChild() },
            { try $0.keepAliveCycle() }, { try $0.staleCall() }, { try $0.stays() },
            { try $0.failures() },
        ]
    }
}
