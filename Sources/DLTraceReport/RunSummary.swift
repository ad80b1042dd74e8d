// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// What `dltrace run` says at the end.
package struct RunSummary {
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

    /// Lines for stderr, each with its end: errors and warnings by name, notes by number.
    package func render(_ analysis: Analysis) -> String {
        var lines: [String] = []
        let loud = AlikeFindings.gathered(analysis.groups.filter { $0.first.severity > .note })
        for alike in loud.prefix(10) {
            let finding = alike.first.first
            let count = alike.first.findings.count
            let times = count == 1 ? "" : " (\(count) times)"
            let more = alike.others.isEmpty ? "" : "; and \(alike.others.count) more like it"
            lines.append(
                theme.severity(finding.severity, "\(finding.severity.rawValue): \(finding.rule)")
                    + times + ": " + finding.message.printable + more)
        }
        if loud.count > 10 { lines.append("and \(loud.count - 10) more") }
        let more = analysis.findings.isEmpty ? "" : "; more with: \(report)"
        lines.append(Words.findings(analysis.findings) + more)
        lines += SuppressionText().lines(analysis, .briefly)
        lines.append(Completeness(analysis.processes).line)
        return lines.map { "dltrace: \($0)\n" }.joined()
    }
}
