// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceReport
import Testing
import TraceFixtures

/// What programs can put into a trace must not reach a terminal as a command.
@Suite("Hostile text")
struct HostileTextTests {
    private let nasty = "/tmp/a\u{1b}[31mb\nc\u{9b}2J\u{202e}d\u{7f}.so"

    private func scenario(_ fixture: TraceFixture) throws {
        try fixture.start(nasty)
        let stack = try fixture.stack(FixtureFrame(fixture.host, 0x10, "f\u{1b}]0;x\u{7}"))
        try fixture.open(nasty, from: stack) {
            try fixture.library(nasty, base: 0x7f00_1000_0000, soname: nasty)
        }
        try fixture.fail(nasty, from: stack, error: nasty)
        try fixture.exit()
        try fixture.bye()
    }

    /// Whether there is anything that a terminal could take for a command.
    private func isClean(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || (scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value))
        } && !text.contains("\u{202e}")
    }

    @Test("every output escapes it")
    func everyOutput() throws {
        try Rendering.ask([scenario]) { analyzer in
            var line = TimeLine(theme: .plain)
            let processes = try analyzer.processes()
            var outputs = [
                ProcessList().text(processes), try ProcessList().json(processes), line.header,
            ]
            try analyzer.timeLine(.all, filter: TimeLineFilter()) { entry in
                outputs.append(line.text(entry, of: processes.map(\.image)))
                outputs.append(try line.line(entry))
            }
            let answer = try analyzer.query("SELECT path, name FROM time_line")
            outputs.append(QueryTable().text(answer))
            outputs.append(try QueryTable().json(answer))
            let analysis = try analyzer.analyze(.all, rules: .builtIn())
            #expect(analysis.findings.count == 2)
            outputs.append(TextReport(theme: .plain).render(analysis))
            outputs.append(try JSONReport().render(analysis))
            outputs.append(RunSummary(theme: .plain).render(analysis))
            for output in outputs {
                #expect(isClean(output), "\(output.debugDescription)")
            }
            #expect(outputs.contains { $0.contains("a\\x1b[31mb\\nc\\x9b2J\\u{202e}d\\x7f.so") })
            #expect(
                outputs.contains { $0.contains("a\\u001b[31mb\\nc\\u009b2J\\u202ed\\u007f.so") })
        }
    }

    @Test("numbers at the ends of their range are answered, too")
    func extremeNumbers() throws {
        let scenario: (TraceFixture) throws -> Void = { fixture in
            try fixture.staleCall()
            try fixture.execute("UPDATE library SET base_address = -9223372036854775808")
            try fixture.execute("UPDATE event SET time_ns = -9223372036854775807 WHERE seq % 2 = 0")
            try fixture.execute("UPDATE event SET value = 9223372036854775807, detail = -1")
            try fixture.event("lost", value: .max)
            try fixture.event("lost", value: .max)
            try fixture.execute("INSERT INTO gap VALUES (1, 100, 9223372036854775807)")
            try fixture.execute("INSERT INTO gap VALUES (1, 20, 9223372036854775807)")
        }
        try Rendering.ask([scenario]) { analyzer in
            var line = TimeLine(theme: .plain)
            let processes = try analyzer.processes()
            #expect(processes.first?.lostRecords == 9_000_000_000_000_000_000)
            try analyzer.timeLine(.all, filter: TimeLineFilter()) { entry in
                _ = line.text(entry, of: processes.map(\.image))
                _ = try line.line(entry)
            }
            let analysis = try analyzer.analyze(.all, rules: .builtIn())
            #expect(!analysis.findings.isEmpty)
            _ = TextReport(theme: .plain).render(analysis)
            _ = try JSONReport().render(analysis)
        }
    }

    @Test("colour only on a terminal without NO_COLOR")
    func colour() throws {
        let analysis = try Rendering.analysis({ try $0.staleCall() })
        func isColored(_ theme: Theme) -> Bool {
            TextReport(theme: theme).render(analysis).contains("\u{1b}[")
        }
        #expect(isColored(Theme(isTerminal: true, environment: [:])))
        #expect(isColored(Theme(isTerminal: true, environment: ["NO_COLOR": ""])))
        #expect(!isColored(Theme(isTerminal: true, environment: ["NO_COLOR": "1"])))
        #expect(!isColored(Theme(isTerminal: false, environment: [:])))
    }
}
