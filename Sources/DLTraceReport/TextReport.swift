// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace report` for people.
package struct TextReport {
    private let theme: Theme

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The whole report, with its last line end.
    package func render(_ analysis: Analysis) -> String {
        var lines: [String] = []
        for process in analysis.processes.prefix(20) {
            lines.append(
                theme.title("process \(process.id) (pid \(process.pid))") + ": "
                    + Words.command(process) + ": " + Words.ending(process))
        }
        if analysis.processes.count > 20 {
            lines.append("and \(analysis.processes.count - 20) more: dltrace processes")
        }
        lines.append("")
        let text = FindingText(theme: theme, processes: analysis.processes)
        for finding in analysis.findings {
            lines += text.lines(finding)
            lines.append("")
        }
        lines.append(Words.findings(analysis.findings))
        lines.append(Completeness(analysis.processes).line)
        if analysis.otherProcesses > 0 {
            let number = analysis.otherProcesses
            lines.append(
                "\(number) other process\(number == 1 ? "" : "es") in this database: --process all,"
                    + " or one of `dltrace processes`")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
