// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A finding in text: one paragraph.
struct FindingText {
    let theme: Theme
    let processes: [TracedProcess]

    /// So many processes are named one by one.
    private static let mostNamed = 8

    /// The lines of a finding and those like it, without an empty one at the end.
    func lines(_ group: FindingGroup) -> [String] {
        let finding = group.first
        var lines = [
            theme.severity(finding.severity, "\(finding.severity.rawValue): \(finding.rule)")
                + place(group),
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
        for index in finding.evidence.indices {
            lines.append("")
            lines += evidence(index, of: finding)
        }
        if !finding.remedies.isEmpty {
            lines.append("")
            lines.append("  " + theme.title("what to do"))
            lines += finding.remedies.map { "  - " + $0.printable }
        }
        return lines
    }

    /// How often it was found, and where, as far as that is not plain.
    private func place(_ group: FindingGroup) -> String {
        let count = group.findings.count
        let times = count == 1 ? "" : ", \(count) times"
        guard processes.count > 1 else { return times }
        var ids: [Int64] = []
        for finding in group.findings where ids.last != finding.process {
            ids.append(finding.process)
        }
        guard let first = processes.first(where: { $0.id == ids[0] }) else { return times }
        let name = first.executable.map { ", " + $0.lastPathPart.printable } ?? ""
        let place = "process \(first.id) (pid \(first.pid)\(name))"
        guard ids.count > 1 else { return times + " in \(place)" }
        let more = ids.count - Self.mostNamed
        var names = ids.prefix(Self.mostNamed).map(String.init)
        if more > 0 { names.append("\(more) more") }
        return times + " in processes \(Words.list(names)); shown for \(place)"
    }

    private func evidence(_ index: Int, of finding: Finding) -> [String] {
        let item = finding.evidence[index]
        let isDestructor = item.role == "destructor"
        var title = "\(item.role): \(what(item)) in thread \(item.thread)"
        if let phase = item.phase { title += ", phase \(phase.printable)" }
        title += ", event \(item.event)"
        if item.process != finding.process { title += " of process \(item.process)" }
        if let since = item.sinceStartNs { title += " at \(Words.seconds(since)) s" }
        let head = "  " + theme.title(title)
        if item.stack.count > 1, !isDestructor,
            let shown = finding.evidence[..<index].first(where: {
                $0.role != "destructor" && Self.isSame($0.stack, item.stack)
            })
        {
            return [head, "    " + theme.faint("the same stack as that of event \(shown.event)")]
        }
        let stack = isDestructor ? Array(item.stack.prefix(1)) : item.stack
        return [head] + FrameText(theme: theme).lines(stack, indent: "    ")
    }

    private static func isSame(_ left: [Frame], _ right: [Frame]) -> Bool {
        left.elementsEqual(right) {
            $0.address == $1.address && $0.symbol == $1.symbol && $0.state == $1.state
        }
    }

    private func what(_ item: Evidence) -> String {
        let name = item.library.map { $0.lastPathPart.printable }
        switch item.kind {
        case "dlopen", "dlmopen":
            return "\(item.kind)(\(item.subject.map { "\"\($0.printable)\"" } ?? "NULL"))"
        case "dlclose": return "dlclose of \(name ?? "a handle")"
        case "fini_function", "exit_handler", "thread_destructor", "fork_handler":
            return subject(item, name)
        case "dlsym", "dlvsym":
            return "\(item.kind)(\(item.subject.map { "\"\($0.printable)\"" } ?? ""))"
        case "thread": return "creation of thread " + subject(item, name)
        case "thread_start": return "start of thread " + subject(item, name)
        case "tls_key_create": return "creation of a key with destructor " + subject(item, name)
        case "signal_handler": return "installation of handler " + subject(item, name)
        case "cxa_atexit", "on_exit", "atfork", "thread_local":
            return "\(item.kind) of " + subject(item, name)
        case "putenv": return "putenv of " + subject(item, name)
        case "left": return "what was left: " + subject(item, name)
        default: return item.kind
        }
    }

    private func subject(_ item: Evidence, _ library: String?) -> String {
        let parts = [item.subject?.printable, library.map { "of \($0)" }].compactMap(\.self)
        return parts.isEmpty ? "unknown code" : parts.joined(separator: " ")
    }
}
