// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace report` for people.
package struct TextReport {
    private let theme: Theme
    private let showsSuppressions: Bool

    /// A renderer with colours or without.
    ///
    /// - Parameters:
    ///   - theme: the colours.
    ///   - showsSuppressions: whether to list each suppression with its uses.
    package init(theme: Theme, showsSuppressions: Bool = false) {
        self.theme = theme
        self.showsSuppressions = showsSuppressions
    }

    /// The whole report, with its last line end.
    package func render(_ analysis: Analysis) -> String {
        var lines = ProcessText(theme: theme).lines(analysis)
        lines.append("")
        let text = FindingText(theme: theme, processes: analysis.processes)
        for paragraph in text.paragraphs(analysis.groups) {
            lines += paragraph + [""]
        }
        lines.append(Words.findings(analysis.findings))
        lines += SuppressionText().lines(analysis, showsSuppressions ? .fully : .withAdvice)
        lines += analysis.symbolFailures.map {
            "no names of functions of \($0.library.printable): \($0.reason.printable)"
        }
        lines += BrokenSourceText.lines(analysis)
        lines.append(Completeness(analysis.processes).line)
        if analysis.otherProcesses > 0 {
            lines.append(
                "\(analysis.otherProcesses) other process\(analysis.otherProcesses == 1 ? "" : "es")"
                    + " in this database: --process all, or one of `dltrace processes`")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
