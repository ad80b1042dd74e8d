// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Foundation
import Testing
import TraceFixtures

/// Rules as files: those built in, and a user's own.
@Suite("Rule files")
struct RuleFileTests {
    /// What a folder with one rule file leads to.
    private func run(_ text: String, named name: String = "own.sql") throws -> [Finding] {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("dltrace-rules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        var rules = try RuleSet.builtIn()
        try rules.add(folder: folder.path)
        let (analyzer, fixture) = try Asking.analyzer { try $0.clean() }
        return try withExtendedLifetime(fixture) {
            try analyzer.analyze(.all, rules: try rules.only([String(name.dropLast(4))])).findings
        }
    }

    private func refusal(_ text: String, named name: String = "own.sql") throws -> String {
        do {
            _ = try run(text, named: name)
        } catch let error as AnalysisError {
            #expect(error.code == .badRule)
            let file = error.what.split(separator: "/").last.map(String.init) ?? ""
            return "\(file): \(error.why)"
        }
        return "accepted"
    }

    private let head = "-- title: a test\n-- severity: note\n--\n-- Text.\n"

    @Test("what a rule can't name, because it was not recorded, is left out of the finding")
    func unknownParts() throws {
        let findings = try run(
            head + """
                SELECT 1 AS process_id, NULL AS library, 'note' AS severity,
                    'left by ' || NULL AS message,
                    json_array('one', NULL) AS detail,
                    json_array(NULL, 'close it') AS remedies,
                    json_array(json_object('role', 'open', 'event', NULL)) AS evidence
                """)
        #expect(findings.map(\.message) == ["a test; the records that tell more are missing"])
        #expect(findings.map(\.detail) == [["one"]])
        #expect(findings.map(\.remedies) == [["close it"]])
        #expect(findings.map(\.evidence.count) == [0])
    }

    @Test("those built in are the files in Rules, each with title, severity and the four parts")
    func builtIn() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/DLTraceAnalysis/Rules")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let rules = try RuleSet.builtIn()
        #expect(rules.ids.map { $0 + ".sql" } == names)
        for rule in rules.rules {
            #expect(!rule.title.isEmpty)
            for part in ["What it means", "How to tell it from a harmless case", "Remedies"] {
                #expect(rule.documentation.contains("\n\(part)\n"), "\(rule.id)")
            }
        }
    }

    @Test("a user's own rule finds what it selects")
    func own() throws {
        let sql = """
            SELECT
                process_id,
                path AS library,
                'warning' AS severity,
                'loaded ' || name AS message,
                json_array(json_object('role', 'use', 'event', since_seq)) AS evidence
            FROM library_life
            WHERE name = 'libplug.so'
            ORDER BY since_seq;
            """
        let findings = try run(head + sql)
        #expect(findings.count == 3)
        #expect(findings.first?.message == "loaded libplug.so")
        #expect(findings.first?.evidence.first?.kind == "load")
        #expect(findings.first?.remedies == [])
    }

    @Test("a bad file is refused with its name, line and reason")
    func refusals() throws {
        #expect(try refusal("SELECT 1") == "own.sql:1: no \"-- title: …\" there")
        #expect(
            try refusal("-- title: x\nSELECT 1") == "own.sql:2: no \"-- severity: …\" there")
        #expect(try refusal(head) == "own.sql: no statement in it")
        #expect(
            try refusal(head + "SELECT\n    nowhere\nFROM event")
                == "own.sql:6: no such column: nowhere")
        #expect(
            try refusal(head + "SELECT 1 AS process_id")
                == "own.sql: its SELECT has no column evidence")
        #expect(
            try refusal(head + "DELETE FROM event")
                == "own.sql:5: only SELECT is possible here")
        #expect(
            try refusal(head + "WITH a AS (SELECT 1) DELETE FROM event")
                == "own.sql: only reading is possible here: not authorized")
        #expect(
            try refusal(head + "ATTACH DATABASE '/tmp/x' AS x")
                == "own.sql:5: only SELECT is possible here")
        #expect(try refusal(head + "SELECT 1; SELECT 2") == "own.sql: more than one statement")
        #expect(
            try refusal(head + "SELECT load_extension('x.so')").contains("load_extension"))
        #expect(
            try refusal(
                head
                    + "SELECT 1 AS process_id, '' AS library, 'fatal' AS severity, '' AS message,"
                    + " '[]' AS evidence")
                == "own.sql: a row's severity is \"fatal\", not error, warning or note")
    }

    @Test("an unknown id is answered with those there are")
    func unknown() throws {
        let rules = try RuleSet.builtIn()
        do {
            _ = try rules.rule("nothing")
            Issue.record("found")
        } catch let error as AnalysisError {
            #expect(error.code == .noSuchRule)
            #expect(error.advice.contains("self-unload"))
        }
    }
}
