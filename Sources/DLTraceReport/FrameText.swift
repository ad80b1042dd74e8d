// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Stacks in text, as sanitizers print them.
struct FrameText {
    let theme: Theme

    /// The lines of a stack, innermost first.
    func lines(_ stack: [Frame], indent: String) -> [String] {
        guard let first = stack.first else { return [indent + "no stack"] }
        var lines: [String] = []
        var event = first.event
        for (number, frame) in stack.enumerated() {
            if frame.event != event {
                event = frame.event
                lines.append(
                    indent + theme.faint("   called by the loader or libc, beneath event \(event):")
                )
            }
            lines.append(indent + "#\(number) " + line(frame))
        }
        return lines
    }

    /// `function < its caller < …`, for where one line must do.
    func chain(_ stack: [Frame]) -> String {
        let shown = stack.prefix(5).map { CodeLine($0).label($0.address) }
        let place = stack.first.flatMap { CodeLine($0).source }.map { " at \($0)" } ?? ""
        return shown.joined(separator: " < ") + (stack.count > 5 ? " < …" : "") + place
    }

    /// One for each event that shows a finding.
    func chains(_ finding: Finding) -> [String] {
        finding.evidence.map { "\($0.role): \(chain($0.stack))" }
    }

    private func line(_ frame: Frame) -> String {
        Words.hex(frame.address) + " in " + CodeLine(frame).text
    }
}
