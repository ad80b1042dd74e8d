// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Foundation
import Testing
import TraceFixtures

/// Suppression files, and what they keep back.
@Suite("Suppressions")
struct SuppressionTests {
    private func read(_ bytes: Data) throws -> [Suppression] {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("dltrace-\(UUID().uuidString).supp")
        defer { try? FileManager.default.removeItem(at: file) }
        try bytes.write(to: file)
        return try SuppressionFile.read(file.path)
    }

    private func read(_ text: String) throws -> [Suppression] {
        try read(Data(text.utf8))
    }

    private func refusal(_ bytes: Data) throws -> String {
        do {
            _ = try read(bytes)
        } catch let error as AnalysisError {
            #expect(error.code == .badSuppression)
            return "\(error.what.drop { $0 != ":" }) \(error.why)"
        }
        return "accepted"
    }

    private func analysis(
        _ text: String, _ scenario: @escaping (TraceFixture) throws -> Void
    ) throws -> Analysis {
        let (analyzer, fixture) = try Asking.analyzer(scenario)
        return try withExtendedLifetime(fixture) {
            try analyzer.analyze(
                .all,
                rules: .builtIn().only([
                    "dlclose-in-destructor", "failed-dlopen", "leaked-open", "self-unload",
                    "unload-ineffective", "use-after-unload",
                ]), suppressions: try read(text))
        }
    }

    @Test(
        "a star is any number of characters, a question mark one",
        arguments: [
            ("libres.so", "libres.so", true), ("libres.so", "libres.so.1", false),
            ("libres.so*", "libres.so.1", true), ("*res*", "/opt/libres.so", true),
            ("lib?es.so", "libres.so", true), ("lib?es.so", "libes.so", false), ("*", "", true),
            ("?", "", false), ("", "", true), ("a*b*c", "a.b.b.c", true), ("a*b*c", "a.b.b", false),
            ("X::operator[](int)", "X::operator[](int)", true), ("[ab]", "a", false),
            ("é?", "éß", true), ("*\\*", "a\\b", true),
        ])
    func glob(_ pattern: String, _ text: String, _ isMatch: Bool) {
        #expect(Glob(pattern).matches(text) == isMatch)
    }

    @Test("a pattern of many stars takes no long time", .timeLimit(.minutes(15)))
    func patience() {
        let text = String(repeating: "a", count: 4_000)
        #expect(!Glob(String(repeating: "*a", count: 200) + "b").matches(text))
    }

    @Test("a line is a rule, a library and the rest of it a symbol; comments stay with their line")
    func form() throws {
        let suppressions = try read(
            """
            # of the whole file

            # known,
            #  reported upstream
            leaked-open /opt/*/libx.so.?
            dlclose-*\tlibres.so  (anonymous namespace)::A::~A() const # why not
            *  *  main::{lambda(int)#1}::operator()

            """)
        #expect(suppressions.map(\.line) == [5, 6, 7])
        #expect(suppressions.map(\.rule.pattern) == ["leaked-open", "dlclose-*", "*"])
        #expect(suppressions.map(\.library.pattern) == ["/opt/*/libx.so.?", "libres.so", "*"])
        #expect(
            suppressions.map(\.symbol?.pattern) == [
                nil, "(anonymous namespace)::A::~A() const", "main::{lambda(int)#1}::operator()",
            ])
        #expect(suppressions.map(\.comment) == ["known, reported upstream", "why not", nil])
        #expect(try read("leaked-open a\r\n# b\r\n").first?.library.pattern == "a")
        #expect(try read("") == [])
    }

    @Test("a line that is none is refused by its number, with the reason")
    func refusals() throws {
        #expect(
            try refusal(Data("# x\n\nleaked-open\n".utf8)).hasPrefix(
                ":3 no library behind 'leaked-open'"))
        #expect(
            try refusal(Data("leak:libx.so y".utf8)).hasPrefix(":1 'leak:libx.so' is no rule's id"))
        #expect(try refusal(Data([0x61, 0x20, 0x62, 0x0a, 0xff, 0x0a])) == ":2 not UTF-8")
        #expect(throws: AnalysisError.self) { try SuppressionFile.read("/no/such/file") }
        #expect(throws: AnalysisError.self) { try SuppressionFile.read("/tmp") }
    }

    @Test(
        "a finding is matched by rule, library and a function on one of its stacks",
        arguments: [
            "dlclose-in-destructor libres.so", "dlclose-in-destructor /opt/demo/libres.so",
            "dlclose-* */libres.so main", "* * Holder::~Holder()", "* * libuser.so!Holder::*",
            "* * /opt/demo/host!main",
        ])
    func matches(_ line: String) throws {
        let analysis = try analysis(line) { try $0.closedByTheProgram() }
        #expect(analysis.findings.isEmpty)
        #expect(analysis.suppressed == 1)
        #expect(analysis.worst == nil)
    }

    @Test(
        "and not by anything else",
        arguments: [
            "leaked-open libres.so", "dlclose-in-destructor libuser.so", "* * Holder",
            "* * libres.so!Holder::~Holder()", "* res",
        ])
    func differs(_ line: String) throws {
        let analysis = try analysis(line) { try $0.closedByTheProgram() }
        #expect(analysis.findings.count == 1)
        #expect(analysis.suppressions.map(\.findings) == [0])
    }

    @Test("a function without a name is named by its place in the file")
    func nameless() throws {
        let analysis = try analysis("use-after-unload * libnv.so+0x31c") { try $0.keepAliveCycle() }
        #expect(!analysis.findings.contains { $0.rule == "use-after-unload" })
    }

    @Test("uses are counted for the first line that matches")
    func counts() throws {
        let analysis = try analysis("* libno.so\nleaked-open *\nleaked-open *\nunload-* lib?.so") {
            try $0.stays()
        }
        #expect(analysis.suppressions.map(\.findings) == [0, 2, 0, 1])
        #expect(analysis.suppressed == 3)
        #expect(!analysis.findings.contains { $0.rule == "leaked-open" })
    }

    @Test("the line that a report offers for a finding suppresses it, and only that rule")
    func offered() throws {
        let scenarios: [(TraceFixture) throws -> Void] = [
            { try $0.closedByTheProgram() }, { try $0.keepAliveCycle() }, { try $0.staleCall() },
            { try $0.stays() }, { try $0.failures() },
        ]
        for scenario in scenarios {
            let findings = try Asking.findings(scenario)
            #expect(!findings.isEmpty)
            for finding in findings {
                let suppression = try #require(try read(Suppression.line(for: finding)).first)
                #expect(suppression.matches(finding), "\(Suppression.line(for: finding))")
                #expect(suppression.rule.pattern == finding.rule)
            }
        }
    }

    @Test("what can't stand in a line is a question mark in the line that is offered")
    func offeredForOddNames() throws {
        let findings = try Asking.findings { fixture in
            try fixture.closedByTheProgram()
            try fixture.execute(
                "UPDATE binary SET path = '/opt/a b#c' || char(10, 27) || '.so' WHERE path LIKE '%res.so'"
            )
            try fixture.execute("UPDATE symbol SET name = '#x #y' || char(8238)")
        }
        let finding = try #require(findings.first)
        let line = Suppression.line(for: finding)
        #expect(line == "dlclose-in-destructor a?b#c??.so ?x ?y?")
        #expect(try read(line).first?.matches(finding) == true)
    }
}
