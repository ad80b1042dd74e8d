// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace diff`.
package struct ComparisonReport {
    private let theme: Theme

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The comparison in text, with its last line end: what is gone, what stayed, and last, since it matters
    /// most, what is new.
    package func text(_ comparison: Comparison) -> String {
        var lines: [String] = []
        for (name, side) in [("before", comparison.before), ("after", comparison.after)] {
            let processes = ProcessText(theme: theme).lines(side)
            lines += processes.map { theme.title(name) + ": " + $0 }
        }
        lines.append("")
        lines += brief("gone", comparison.gone) { Self.times($0.before) }
        lines += brief("same", comparison.same) { change in
            change.before == change.after
                ? Self.times(change.after) : " (before \(change.before), now \(change.after))"
        }
        let text = FindingText(theme: theme, processes: comparison.after.processes)
        for change in comparison.new {
            let paragraphs = text.paragraphs(FindingGroup.groups(of: [change.finding], .name))
            for paragraph in paragraphs {
                lines.append("new: " + (paragraph.first ?? "") + Self.times(change.after))
                lines += paragraph.dropFirst() + [""]
            }
        }
        let counts = [
            "\(comparison.gone.count) gone", "\(comparison.new.count) new",
            "\(comparison.same.count) the same",
        ]
        lines.append("findings: " + counts.joined(separator: ", "))
        for (name, side) in [("before", comparison.before), ("after", comparison.after)] {
            lines += SuppressionText().lines(side, .briefly).map { "\(name): \($0)" }
            lines.append("\(name): " + Completeness(side.processes).line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same in JSON.
    package func json(_ comparison: Comparison) throws -> String {
        try JSONText.pretty(ComparisonDocument(comparison))
    }

    private func brief(
        _ word: String, _ changes: [Comparison.Change], _ times: (Comparison.Change) -> String
    ) -> [String] {
        changes.flatMap { change in
            let finding = change.finding
            let title = theme.severity(
                finding.severity, "\(finding.severity.rawValue): \(finding.rule)")
            return ["\(word): " + title + times(change)]
                + theme.wrapping.lines(finding.message.printable, head: "  ") + [""]
        }
    }

    private static func times(_ count: Int) -> String {
        count == 1 ? "" : " (\(count) times)"
    }
}
