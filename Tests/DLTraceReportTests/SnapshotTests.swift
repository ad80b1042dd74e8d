// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceReport
import Foundation
import Testing
import TraceFixtures

/// Whole outputs.
@Suite("Outputs")
struct SnapshotTests {
    private let text = TextReport(theme: .plain)

    @Test("a report in text: closed by the program")
    func closedByTheProgram() throws {
        let analysis = try Rendering.analysis({ try $0.closedByTheProgram() })
        try Snapshot.expect(text.render(analysis), is: "closed-by-the-program.txt")
    }

    @Test("a report on a terminal: sentences are broken between words, stacks are not")
    func narrow() throws {
        let analysis = try Rendering.analysis(
            { try $0.closedByTheProgram() }, { try $0.failures() })
        let theme = Theme(isTerminal: true, width: 80, environment: ["NO_COLOR": "1"])
        let narrow = TextReport(theme: theme).render(analysis)
        try Snapshot.expect(narrow, is: "narrow.txt")
        func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
        #expect(words(narrow) == words(text.render(analysis)))
        let file = Theme(isTerminal: false, width: 80, environment: [:])
        #expect(TextReport(theme: file).render(analysis) == text.render(analysis))
        let tiny = Theme(isTerminal: true, width: 3, environment: ["NO_COLOR": "1"])
        #expect(TextReport(theme: tiny).render(analysis) == text.render(analysis))
    }

    @Test("a report in text: a keep-alive cycle")
    func keepAliveCycle() throws {
        let analysis = try Rendering.analysis({ try $0.keepAliveCycle() })
        try Snapshot.expect(text.render(analysis), is: "keep-alive-cycle.txt")
    }

    @Test("a report in text: nothing found")
    func clean() throws {
        let analysis = try Rendering.analysis({ try $0.clean() })
        try Snapshot.expect(text.render(analysis), is: "clean.txt")
    }

    @Test("a report says what its trace lacks, if it is the record of the end alone")
    func unheard() throws {
        let end = "exited without a last record, as by a call of exit_group(2) itself"
        func closing(_ analysis: Analysis) -> Substring? {
            text.render(analysis).split(separator: "\n").last
        }
        func exit(_ trace: TraceFixture) throws {
            try trace.start()
            try trace.exitsUnheard()
        }
        #expect(
            try closing(Rendering.analysis(exit))
                == "trace: not complete; the process \(end); every caller was seen")
        #expect(
            try closing(Rendering.analysis(exit, { try $0.clean() }, exit))
                == "trace: not complete; 2 processes \(end); every caller was seen")
    }

    @Test("a report in text: several processes")
    func several() throws {
        let analysis = try Rendering.ask(Rendering.all) { try $0.analyze(.all, rules: .builtIn()) }
        try Snapshot.expect(text.render(analysis), is: "several.txt")
    }

    @Test("a report in JSON")
    func json() throws {
        let analysis = try Rendering.analysis({ try $0.staleCall() })
        try Snapshot.expect(try JSONReport().render(analysis), is: "stale-call.json")
    }

    @Test("in JSON each finding is there, and says of which one it is the same")
    func sameAs() throws {
        struct Report: Decodable {
            struct Finding: Decodable {
                let process: Int
                let sameAs: Int?
            }
            let findings: [Finding]
        }
        let analysis = try Rendering.analysis(
            { try $0.closedAtExit() }, { try $0.closedByTheProgram() },
            { try $0.closedInAForkedChild() })
        let json = try JSONReport().render(analysis)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report = try decoder.decode(Report.self, from: Data(json.utf8))
        #expect(report.findings.map(\.process) == [1, 2, 4, 1, 2, 4])
        #expect(report.findings.map(\.sameAs) == [nil, nil, 1, nil, nil, 4])
    }

    @Test("the summary of a run")
    func summary() throws {
        let analysis = try Rendering.analysis({ try $0.keepAliveCycle() }, { try $0.stays() })
        try Snapshot.expect(RunSummary(theme: .plain).render(analysis), is: "summary.txt")
    }

    @Test("a report in text: many processes, and many libraries left open in one place")
    func many() throws {
        let analysis = try Rendering.analysis({ fixture in
            for number in 1...9 {
                try fixture.start("/opt/demo/tool\(number)")
                try fixture.exit()
                try fixture.bye()
            }
            try fixture.start()
            for number in 1...3 {
                let stack = try fixture.stack(FixtureFrame(fixture.host, 0x120, "load_plugin"))
                try fixture.open("libp\(number).so", from: stack) {
                    try fixture.library("/opt/demo/libp\(number).so", base: 0x7f00_4000_0000)
                }
            }
            try fixture.exit()
            try fixture.bye()
        })
        try Snapshot.expect(text.render(analysis), is: "many.txt")
    }

    @Test("a report in text: an exit handler that closes many libraries in one place")
    func alike() throws {
        let analysis = try Rendering.analysis({ fixture in
            try fixture.start()
            var plugins: [FixtureLibrary] = []
            for number: Int64 in 1...3 {
                let stack = try fixture.stack(FixtureFrame(fixture.host, 0x120, "load_plugin"))
                try fixture.open("libp\(number).so", from: stack) {
                    let plugin = try fixture.library(
                        "/opt/demo/libp\(number).so", base: 0x7f00_4000_0000 + number << 20)
                    plugins.append(plugin)
                    return plugin
                }
            }
            try fixture.exit {
                try fixture.function(
                    "exit_handler", in: fixture.host, at: 0x300, named: "unload_all", type: 3,
                    phase: "exit-handlers"
                ) {
                    for plugin in plugins {
                        let stack = try fixture.stack(
                            FixtureFrame(fixture.host, 0x31c, "unload_all"), isEnclosed: true)
                        try fixture.close(plugin, from: stack) {
                            try fixture.fini(plugin, phase: "dlclose")
                            try fixture.unload(plugin)
                        }
                    }
                }
            }
            try fixture.bye()
        })
        #expect(analysis.findings.count == 3)
        try Snapshot.expect(text.render(analysis), is: "alike.txt")
        try Snapshot.expect(RunSummary(theme: .plain).render(analysis), is: "alike-summary.txt")
    }

    @Test("a report with suppressions, and one as a suppression file")
    func suppressions() throws {
        let suppressions = try Suppressing.read(
            """
            # ends with the process anyway
            leaked-open *
            unload-ineffective libnone.so
            unload-ineffective lib* main  # all of them
            """)
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.stays()
            try fixture.failures()
            try fixture.execute("UPDATE process SET hello_flags = 29 WHERE id = 1")
        }
        let (some, all) = try Rendering.ask([scenario]) { analyzer in
            (
                try analyzer.analyze(.all, rules: .builtIn(), suppressions: suppressions),
                try analyzer.processes()
            )
        }
        try Snapshot.expect(
            TextReport(theme: .plain, showsSuppressions: true).render(some), is: "suppressed.txt")
        try Snapshot.expect(RunSummary(theme: .plain).render(some), is: "suppressed-summary.txt")
        try Snapshot.expect(try JSONReport().render(some), is: "suppressed.json")
        try Snapshot.expect(ProcessList().text(all), is: "modes.txt")
        let found = try Rendering.analysis({ try $0.keepAliveCycle() }, { try $0.keepAliveCycle() })
        try Snapshot.expect(SuppressionText().file(for: found), is: "offered.supp")
    }

    @Test("what was no record is told of with its place, of known processes and of nobody")
    func unreadable() throws {
        let analysis = try Rendering.analysis({ fixture in
            try fixture.clean()
            try fixture.brokenInput(
                "/run/dltrace/pipe", at: [960], "the lengths in it contradict each other",
                stream: 101)
            try fixture.brokenInput(
                "stream 65", skipping: 0, "record 2 claims pid 11, not 10",
                stream: 101)
            try fixture.brokenInput(
                "/run/dltrace/pipe", at: Array(stride(from: 128, to: 1_128, by: 100)),
                "no record begins here")
            try fixture.brokenInput(
                "/spill/\u{1b}[2J\n77-1.spill", at: Array(stride(from: 0, to: 8_000, by: 8)),
                "its header contradicts itself; it claims to be of pid 77", stream: 9)
        })
        try Snapshot.expect(text.render(analysis), is: "unreadable.txt")
        try Snapshot.expect(try JSONReport().render(analysis), is: "unreadable.json")
    }

    @Test("of a great many sources that have no records the first are named, and the rest counted")
    func manyUnreadable() throws {
        let analysis = try Rendering.analysis({ fixture in
            try fixture.clean()
            for number in 1...100 {
                try fixture.brokenInput("/spill/\(number).spill", "no record begins here")
            }
        })
        #expect(analysis.brokenSources.map(\.source) == (1...64).map { "/spill/\($0).spill" })
        #expect(analysis.otherBrokenSources == 36)
        let lines = text.render(analysis).split(separator: "\n")
            .filter { $0.hasPrefix("unreadable data") }
        #expect(lines.count == 9)
        #expect(lines.last?.hasPrefix("unreadable data in 92 more sources: ") == true)
    }

    @Test("what claims to be of another process is no part of a report")
    func unreadableOfOthers() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.clean()
            try fixture.clean()
            try fixture.brokenInput("/spill/1", "no record begins here", stream: 101)
            try fixture.brokenInput("/spill/2", "no record begins here", stream: 102)
        }
        let analysis = try Rendering.ask([scenario]) { try $0.analyze(.id(2), rules: .builtIn()) }
        #expect(analysis.brokenSources.map(\.source) == ["/spill/2"])
    }

    @Test("a comparison in text and JSON")
    func comparison() throws {
        let comparison = Comparison(
            before: try Rendering.analysis({ try $0.closedByTheProgram() }, { try $0.failures() }),
            after: try Rendering.analysis(
                { try $0.closedByTheProgram() }, { try $0.closedByTheProgram() },
                { try $0.staleCall() }))
        let report = ComparisonReport(theme: .plain)
        try Snapshot.expect(report.text(comparison), is: "diff.txt")
        try Snapshot.expect(try report.json(comparison), is: "diff.json")
    }

    @Test("the summary of repeated runs")
    func repeated() throws {
        let analysis = try Rendering.analysis(
            { try $0.clean() }, { try $0.staleCall() }, { try $0.clean() }, { try $0.staleCall() },
            { try $0.closedInAForkedChild() })
        let runs = RepeatSummary.Runs(
            endings: [
                .exited(status: 0), .killed(signal: 11), .exited(status: 0), .killed(signal: 11),
                .exited(status: 0), .exited(status: 3),
            ], analysis: analysis, runOfProcess: [1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4])
        try Snapshot.expect(RepeatSummary(theme: .plain).render(runs), is: "repeated.txt")
    }

    @Test("processes in text and JSON")
    func processes() throws {
        let processes = try Rendering.ask(Rendering.all) { try $0.processes() }
        try Snapshot.expect(ProcessList().text(processes), is: "processes.txt")
        try Snapshot.expect(
            try ProcessList().json(Array(processes.suffix(1))), is: "processes.json")
    }

    @Test("the time line in text, JSON and lines")
    func timeLine() throws {
        let scenario: (TraceFixture) throws -> Void = { try $0.closedAtExit() }
        try Rendering.ask([scenario]) { analyzer in
            let processes = try analyzer.images(.last)
            var line = TimeLine(theme: .plain)
            var text = line.header
            var json = ""
            var lines = ""
            try analyzer.timeLine(.last, filter: TimeLineFilter()) { entry in
                text += line.text(entry, of: processes)
                json += try line.element(entry)
                lines += try line.line(entry)
            }
            try Snapshot.expect(text, is: "events.txt")
            try Snapshot.expect(json + line.end, is: "events.json")
            try Snapshot.expect(lines, is: "export.ndjson")
        }
    }

    @Test("the time line of registrations, threads and what is left behind")
    func references() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.leftBehind()
            try fixture.everyReference()
        }
        try Rendering.ask([scenario]) { analyzer in
            var line = TimeLine(theme: .plain)
            var text = ""
            var lines = ""
            let processes = try analyzer.images(.all)
            let old: Set = ["hello", "present", "load", "init", "fini", "exit", "bye"]
            let filter = TimeLineFilter(kinds: TimeLineFilter.allKinds.filter { !old.contains($0) })
            try analyzer.timeLine(.all, filter: filter) { entry in
                text += line.text(entry, of: processes)
                lines += try line.line(entry)
            }
            try Snapshot.expect(text, is: "references.txt")
            try Snapshot.expect(lines, is: "references.ndjson")
        }
    }

    @Test("a library's life in text and JSON")
    func story() throws {
        try Rendering.ask([{ try $0.keepAliveCycle() }]) { analyzer in
            let stories = try analyzer.stories(of: "libres.so", in: .last, limit: 5)
            try Snapshot.expect(StoryText(theme: .plain).render(stories), is: "why.txt")
            try Snapshot.expect(try StoryJSON().render(stories), is: "why.json")
        }
        let stays = try Rendering.ask([{ try $0.stays() }]) {
            try $0.stories(of: "liba.so", in: .last, limit: 5)
        }
        try Snapshot.expect(StoryText(theme: .plain).render(stays), is: "why-stays.txt")
    }

    @Test("what lay at an address in text and JSON")
    func addresses() throws {
        struct NoNames: CodeNaming {
            func names(of places: [CodePlace]) -> [CodeName] {
                places.map { _ in CodeName(functions: [], obstacle: "the file is gone") }
            }
        }
        try Rendering.ask([{ try $0.reusedAddress() }]) { analyzer in
            let answers = try analyzer.addresses(
                [0x7f00_4000_0500, 0x10], in: .last, naming: NoNames())
            try Snapshot.expect(AddressText(theme: .plain).render(answers), is: "addr.txt")
            try Snapshot.expect(try AddressJSON().render(answers), is: "addr.json")
        }
    }

    @Test("a query in text, JSON and CSV")
    func query() throws {
        let sql = "SELECT seq, kind, name, error FROM loader_call ORDER BY seq LIMIT 2"
        let answer = try Rendering.ask([{ try $0.failures() }]) { try $0.query(sql) }
        try Snapshot.expect(QueryTable().text(answer), is: "query.txt")
        try Snapshot.expect(try QueryTable().json(answer), is: "query.json")
        try Snapshot.expect(QueryTable().csv(answer), is: "query.csv")
    }

    @Test("an explanation of each rule, and their list")
    func explanations() throws {
        let rules = try RuleSet.builtIn()
        try Snapshot.expect(RuleText().list(rules), is: "rules.txt")
        try Snapshot.expect(
            RuleText().explanation(of: try rules.rule("dlclose-in-destructor")), is: "explain.txt")
    }
}
