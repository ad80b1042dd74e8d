// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// What `dltrace run --repeat` says at the end: which findings came how often.
package struct RepeatSummary {
    /// The runs of one program.
    package struct Runs: Sendable {
        /// How each run ended, in order.
        let endings: [ProcessEnding]
        /// What the rules found in all of them together.
        let analysis: Analysis
        /// The run that a process belongs to, from 0.
        let runOfProcess: [Int64: Int]

        /// Runs of these endings and findings.
        package init(endings: [ProcessEnding], analysis: Analysis, runOfProcess: [Int64: Int]) {
            self.endings = endings
            self.analysis = analysis
            self.runOfProcess = runOfProcess
        }
    }

    private let theme: Theme
    private let report: String

    /// A renderer with colours or without.
    ///
    /// - Parameters:
    ///   - theme: the colours.
    ///   - report: the command line that tells more.
    package init(theme: Theme, report: String = "dltrace report") {
        self.theme = theme
        self.report = report
    }

    /// How a run ended.
    package static func words(_ ending: ProcessEnding) -> String { Words.ending(ending) }

    /// Lines for stderr, each with its end.
    package func render(_ runs: Runs) -> String {
        var lines = [Words.count(runs.endings.count, "run") + ": " + endings(runs.endings)]
        let groups = FindingGroup.groups(of: runs.analysis.findings, .name)
        let loud = groups.filter { $0.first.severity > .note }
        for group in loud.prefix(20) {
            lines.append(line(group, of: runs))
        }
        if loud.count > 20 { lines.append("and \(loud.count - 20) more") }
        let total = runs.analysis.findings.isEmpty ? "" : " in all"
        lines.append(Words.findings(runs.analysis.findings) + total)
        lines += SuppressionText().lines(runs.analysis, .briefly)
        lines.append(Completeness(runs.analysis.processes).line)
        return lines.map { "dltrace: \($0)\n" }.joined()
    }

    /// "7 exited with status 0, 3 killed by SIGSEGV", the most frequent first.
    private func endings(_ endings: [ProcessEnding]) -> String {
        var texts: [String] = []
        var counts: [String: Int] = [:]
        for ending in endings {
            let text = Words.ending(ending)
            if counts[text] == nil { texts.append(text) }
            counts[text, default: 0] += 1
        }
        let sorted = texts.enumerated().sorted {
            let (left, right) = (counts[$0.element] ?? 0, counts[$1.element] ?? 0)
            return left == right ? $0.offset < $1.offset : left > right
        }
        return sorted.map { "\(counts[$0.element] ?? 0) \($0.element)" }.joined(separator: ", ")
    }

    private func line(_ group: FindingGroup, of runs: Runs) -> String {
        let finding = group.first
        let hit = group.findings.compactMap { runs.runOfProcess[$0.process] }
        let number = Set(hit).count
        let times = group.findings.count == number ? "" : ", \(group.findings.count) times"
        let first = group.findings.min { left, right in
            (runs.runOfProcess[left.process] ?? 0) < (runs.runOfProcess[right.process] ?? 0)
        }
        let place = first.map { "; first: \(report) --process \($0.process)" } ?? ""
        return "in \(number) of \(Words.count(runs.endings.count, "run"))\(times): "
            + theme.severity(finding.severity, "\(finding.severity.rawValue): \(finding.rule)")
            + ": " + finding.message.printable + place
    }
}
