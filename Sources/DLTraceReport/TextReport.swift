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
        var lines = processLines(analysis.processes)
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

    /// The processes, those alike in one line.
    private func processLines(_ processes: [TracedProcess]) -> [String] {
        var texts: [String] = []
        var members: [String: [TracedProcess]] = [:]
        for process in processes {
            let text = Words.command(process) + ": " + Words.ending(process)
            if members[text] == nil { texts.append(text) }
            members[text, default: []].append(process)
        }
        return texts.map { text in
            let alike = members[text] ?? []
            guard let first = alike.first, alike.count > 1 else {
                let names = alike.map { "process \($0.id) (pid \($0.pid))" }
                return theme.title(names.joined()) + ": " + text
            }
            let names = alike.prefix(8).map { String($0.id) } + (alike.count > 8 ? ["…"] : [])
            let title = "processes \(names.joined(separator: ", ")) (pid \(first.pid) and others)"
            return theme.title(title) + ": " + text
        }
    }
}
