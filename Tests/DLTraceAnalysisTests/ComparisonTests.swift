// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceAnalysis
import DLTraceStore
import Testing
import TraceFixtures

/// Which findings are the same.
@Suite("Comparison")
struct ComparisonTests {
    private func analysis(_ scenarios: (TraceFixture) throws -> Void...) throws -> Analysis {
        let fixture = try TraceFixture()
        for scenario in scenarios {
            try scenario(fixture)
        }
        let analyzer = Analyzer(try TraceDatabase(path: try fixture.close()))
        return try withExtendedLifetime(fixture) { try analyzer.analyze(.all, rules: .builtIn()) }
    }

    private func rules(_ changes: [Comparison.Change]) -> [String] {
        changes.map { "\($0.finding.rule) \($0.before) \($0.after)" }
    }

    @Test("a finding of a parent and of its child is one group")
    func groups() throws {
        let analysis = try analysis(
            { try $0.closedByTheProgram() }, { try $0.closedInAForkedChild() },
            { try $0.closedAtExit() })
        #expect(analysis.findings.filter { $0.rule == "dlclose-in-destructor" }.count == 3)
        let groups = analysis.groups.filter { $0.first.rule == "dlclose-in-destructor" }
        #expect(groups.map(\.findings.count) == [2, 1])
        #expect(groups.map { Set($0.findings.map(\.process)).count } == [2, 1])
    }

    @Test(
        "another place of the same function is another finding of one program, and the same of a new one"
    )
    func precision() throws {
        func finding(_ sql: String) throws -> Finding {
            let all = try analysis { fixture in
                try fixture.closedByTheProgram()
                try fixture.execute(sql)
            }
            return try #require(all.findings.first)
        }
        let finding1 = try finding("SELECT 1")
        let moved = try finding(
            """
            UPDATE library SET base_address = base_address - 16;
            UPDATE binary SET path = '/home/you' || path;
            UPDATE symbol SET file_address = file_address + 16
            """)
        #expect(moved.library == "/home/you/opt/demo/libres.so")
        #expect(FindingIdentity(finding1, .name) == FindingIdentity(moved, .name))
        #expect(FindingIdentity(finding1, .place) != FindingIdentity(moved, .place))
        let later = try finding("UPDATE event SET time_ns = time_ns * 3, thread = thread + 7")
        #expect(FindingIdentity(finding1, .place) == FindingIdentity(later, .place))
        let renamed = try finding("UPDATE symbol SET name = 'Other::~Other()' WHERE name <> 'main'")
        #expect(FindingIdentity(finding1, .name) != FindingIdentity(renamed, .name))
    }

    @Test("how long ago an unload was does not make a finding another one")
    func times() throws {
        func identity(_ factor: Int) throws -> FindingIdentity {
            let all = try analysis { fixture in
                try fixture.staleCall()
                try fixture.execute("UPDATE event SET time_ns = time_ns * \(factor)")
            }
            return FindingIdentity(
                try #require(all.findings.first { $0.rule == "use-after-unload" }), .place)
        }
        #expect(try identity(1) == identity(1_000))
    }

    @Test("gone, new and the same, each with how often")
    func changes() throws {
        let before = try analysis(
            { try $0.closedByTheProgram() }, { try $0.closedByTheProgram() },
            { try $0.failures() })
        let after = try analysis(
            { try $0.closedByTheProgram() }, { try $0.staleCall() })
        let comparison = Comparison(before: before, after: after)
        #expect(rules(comparison.gone) == ["failed-dlopen 1 0"])
        #expect(rules(comparison.new) == ["use-after-unload 0 1"])
        #expect(rules(comparison.same) == ["dlclose-in-destructor 2 1", "deferred-unload 2 1"])
        #expect(comparison.worstNew == .error)
        #expect(Comparison(before: after, after: after).new.isEmpty)
        #expect(Comparison(before: after, after: after).worstNew == nil)
        let none = Comparison(before: before, after: try analysis { try $0.clean() })
        #expect(none.gone.count == 3 && none.new.isEmpty && none.same.isEmpty)
    }

    @Test("the modes of a process are the wire header's")
    func modes() throws {
        let flags: [TracerMode: Int32] = [
            .noIdentity: DLT_WIRE_HELLO_NO_IDENTITY, .noFaults: DLT_WIRE_HELLO_NO_FAULTS,
            .quarantine: DLT_WIRE_HELLO_QUARANTINE, .pin: DLT_WIRE_HELLO_PIN,
            .census: DLT_WIRE_HELLO_CENSUS,
        ]
        for mode in TracerMode.allCases {
            #expect(flags[mode].map(Int64.init) == mode.flag, "\(mode)")
        }
        let analysis = try analysis { fixture in
            try fixture.clean()
            try fixture.execute("UPDATE process SET hello_flags = 0x14")
        }
        #expect(analysis.processes.map(\.modes) == [[.quarantine, .census]])
    }

    @Test("why a name is missing is told of libraries in the stacks of findings only")
    func symbolFailures() throws {
        let analysis = try analysis { fixture in
            try fixture.keepAliveCycle()
            try fixture.execute(
                "INSERT INTO symbol_failure SELECT id, 'the file is gone' FROM binary")
        }
        #expect(
            analysis.symbolFailures == [
                SymbolFailure(library: "/opt/demo/libnv.so", reason: "the file is gone")
            ])
    }
}
