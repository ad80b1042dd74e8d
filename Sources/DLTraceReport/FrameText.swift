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
        let shown = stack.prefix(5).map { frame in
            (frame.symbol ?? frame.library.map { $0.lastPathPart + offset(frame) }
                ?? Words.hex(frame.address)).printable
        }
        let place = stack.first.flatMap(source).map { " at \($0)" } ?? ""
        return shown.joined(separator: " < ") + (stack.count > 5 ? " < …" : "") + place
    }

    /// One for each event that shows a finding.
    func chains(_ finding: Finding) -> [String] {
        finding.evidence.map { "\($0.role): \(chain($0.stack))" }
    }

    private func line(_ frame: Frame) -> String {
        var text = Words.hex(frame.address) + " in "
        if let symbol = frame.symbol {
            text += symbol.printable
            if let offset = frame.symbolOffset, !frame.isInlined { text += "+" + Words.hex(offset) }
            if frame.isInlined { text += " [inlined]" }
        } else {
            text += "??"
        }
        if let library = frame.library {
            text += " (\(library.printable)\(offset(frame)))"
        } else {
            text += " (no library)"
        }
        if let source = source(frame) { text += " \(source)" }
        if let state = frame.state, state != .mapped { text += " [\(state.rawValue)]" }
        return text
    }

    private func offset(_ frame: Frame) -> String {
        frame.offset.map { "+" + Words.hex($0) } ?? ""
    }

    private func source(_ frame: Frame) -> String? {
        frame.file.map { $0.printable + (frame.line.map { ":\($0)" } ?? "") }
    }
}
