// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A finding in text: one paragraph.
struct FindingText {
    let theme: Theme
    let processes: [TracedProcess]

    /// The lines, without an empty one at the end.
    func lines(_ finding: Finding) -> [String] {
        var lines = [
            theme.severity(finding.severity, "\(finding.severity.rawValue): \(finding.rule)")
                + place(finding),
            "  " + finding.message.printable,
        ]
        guard !finding.isBrief else {
            let frames = FrameText(theme: theme)
            for item in finding.evidence {
                lines.append("    \(item.role), event \(item.event): \(frames.chain(item.stack))")
            }
            return lines
        }
        lines += finding.detail.map { "  " + $0.printable }
        for item in finding.evidence {
            lines.append("")
            lines += evidence(item, of: finding)
        }
        if !finding.remedies.isEmpty {
            lines.append("")
            lines.append("  " + theme.title("what to do"))
            lines += finding.remedies.map { "  - " + $0.printable }
        }
        return lines
    }

    private func place(_ finding: Finding) -> String {
        guard processes.count > 1,
            let process = processes.first(where: { $0.id == finding.process })
        else { return "" }
        let name = process.executable.map { ", " + Words.name($0).printable } ?? ""
        return " in process \(process.id) (pid \(process.pid)\(name))"
    }

    private func evidence(_ item: Evidence, of finding: Finding) -> [String] {
        let isDestructor = item.role == "destructor"
        var title = "\(item.role): \(what(item)) in thread \(item.thread)"
        if let phase = item.phase { title += ", phase \(phase.printable)" }
        title += ", event \(item.event)"
        if item.process != finding.process { title += " of process \(item.process)" }
        if let since = item.sinceStartNs { title += " at \(Words.seconds(since)) s" }
        let stack = isDestructor ? Array(item.stack.prefix(1)) : item.stack
        return ["  " + theme.title(title)]
            + FrameText(theme: theme).lines(stack, indent: "    ")
    }

    private func what(_ item: Evidence) -> String {
        let name = item.library.map { Words.name($0).printable }
        switch item.kind {
        case "dlopen", "dlmopen":
            return "\(item.kind)(\(item.subject.map { "\"\($0.printable)\"" } ?? "NULL"))"
        case "dlclose": return "dlclose of \(name ?? "a handle")"
        case "fini_function", "exit_handler", "thread_destructor":
            return [item.subject?.printable, name.map { "of \($0)" }].compactMap(\.self)
                .joined(separator: " ")
        default: return item.kind
        }
    }
}
