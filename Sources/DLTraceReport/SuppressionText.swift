// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// Suppressions in text.
package struct SuppressionText {
    /// How much is told of each suppression.
    enum Amount {
        /// Their numbers.
        case briefly
        /// Their numbers, and how to learn more.
        case withAdvice
        /// Each with its uses.
        case fully
    }

    /// The renderer.
    package init() {}

    /// A suppression file for everything that was found: `report --format suppressions`.
    package func file(for analysis: Analysis) -> String {
        var seen: Set<String> = []
        var lines: [String] = []
        for finding in analysis.findings {
            let line = Suppression.line(for: finding)
            guard seen.insert(line).inserted else { continue }
            if !lines.isEmpty { lines.append("") }
            lines.append("# \(finding.severity.rawValue): \(finding.message.printable)")
            lines.append(line)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// How many findings were suppressed; each line with its uses where they are asked for.
    func lines(_ analysis: Analysis, _ amount: Amount) -> [String] {
        let uses = analysis.suppressions
        guard !uses.isEmpty else { return [] }
        let unused = uses.count { $0.findings == 0 }
        var head =
            "suppressed: \(Words.count(analysis.suppressed, "finding")) by "
            + Words.count(uses.count - unused, "line")
        if unused > 0 { head += "; \(Words.count(unused, "line")) unused" }
        if amount == .withAdvice { head += " (--show-suppressions lists them)" }
        guard amount == .fully else { return [head] }
        var table = Table([">FINDINGS", "SUPPRESSION", "WHERE", "COMMENT"])
        for use in uses {
            table.add([
                use.findings == 0 ? "unused" : String(use.findings), pattern(use.suppression),
                "\(use.suppression.file):\(use.suppression.line)", use.suppression.comment ?? "",
            ])
        }
        return [head] + table.text.split(separator: "\n").map { "  " + $0.trimmedAtEnd }
    }

    private func pattern(_ suppression: Suppression) -> String {
        [suppression.rule, suppression.library, suppression.symbol].compactMap(\.?.pattern)
            .joined(separator: " ")
    }
}

extension Substring {
    /// Without blanks at the end.
    fileprivate var trimmedAtEnd: Substring {
        lastIndex { $0 != " " }.map { self[...$0] } ?? ""
    }
}
