// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Findings in text: paragraphs.
struct FindingText {
    /// An event whose stack is in an earlier paragraph.
    private struct ShownEvent: Hashable {
        let process: Int64
        let event: Int64
    }

    let theme: Theme
    let processes: [TracedProcess]

    /// So many processes or events are named one by one.
    private static let mostNamed = 8

    /// A paragraph for each finding and those like it; but one for all that are brief, of one rule and of one
    /// process, such as everything that a program leaves open.
    func paragraphs(_ groups: [FindingGroup]) -> [[String]] {
        var paragraphs: [[String]] = []
        var shown: [ShownEvent: String] = [:]
        var rest = AlikeFindings.gathered(groups)[...]
        while let alike = rest.first {
            let head = head(alike.first, count: 1)
            let brief = Array(
                rest.lazy.map(\.first).prefix {
                    $0.first.isBrief && self.head($0, count: 1) == head
                })
            if brief.isEmpty {
                paragraphs.append(paragraph(alike, &shown))
                rest = rest.dropFirst()
            } else {
                paragraphs.append(self.brief(brief))
                rest = rest.dropFirst(brief.count)
            }
        }
        return paragraphs
    }

    private func paragraph(
        _ alike: AlikeFindings, _ shown: inout [ShownEvent: String]
    ) -> [String] {
        let finding = alike.first.first
        var lines = [head(alike.first, count: 1 + alike.others.count)]
        for sentence in [finding.message] + finding.detail + [alike.more].compactMap(\.self) {
            lines += theme.wrapping.lines(sentence.printable, head: "  ")
        }
        for index in finding.evidence.indices {
            lines.append("")
            lines += evidence(index, of: finding, &shown)
        }
        if !finding.remedies.isEmpty {
            lines.append("")
            lines.append("  " + theme.title("what to do"))
            for remedy in finding.remedies {
                lines += theme.wrapping.lines(remedy.printable, head: "  - ")
            }
        }
        return lines
    }

    private func brief(_ groups: [FindingGroup]) -> [String] {
        var lines = groups.first.map { [head($0, count: groups.count)] } ?? []
        let frames = FrameText(theme: theme)
        var rest = groups[...]
        while let group = rest.first {
            let chains = frames.chains(group.first)
            let alike = rest.prefix { frames.chains($0.first) == chains }
            for group in alike {
                lines += theme.wrapping.lines(group.first.message.printable, head: "  ")
            }
            for index in group.first.evidence.indices {
                let item = group.first.evidence[index]
                let events = alike.map { String($0.first.evidence[index].event) }
                let more = events.count > Self.mostNamed ? ", …" : ""
                lines.append(
                    "    \(item.role.printable), event\(events.count == 1 ? "" : "s") "
                        + events.prefix(Self.mostNamed).joined(separator: ", ") + more + ": "
                        + frames.chain(item.stack))
            }
            rest = rest.dropFirst(alike.count)
        }
        return lines
    }

    private func head(_ group: FindingGroup, count: Int) -> String {
        let finding = group.first
        let number = count == 1 ? "" : " (\(count))"
        let title = "\(finding.severity.rawValue): \(finding.rule)\(number)"
        return theme.severity(finding.severity, title) + place(group)
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

    private func evidence(
        _ index: Int, of finding: Finding, _ shown: inout [ShownEvent: String]
    ) -> [String] {
        let item = finding.evidence[index]
        let isDestructor = item.role == "destructor"
        var title = "\(item.role.printable): \(what(item)) in thread \(item.thread)"
        if let phase = item.phase { title += ", phase \(phase.printable)" }
        title += ", event \(item.event)"
        if item.process != finding.process { title += " of process \(item.process)" }
        if let since = item.sinceStartNs { title += " at \(Words.seconds(since)) s" }
        let head = "  " + theme.title(title)
        if item.stack.count > 1, !isDestructor {
            if let same = finding.evidence[..<index].first(where: {
                $0.role != "destructor" && Self.isSame($0.stack, item.stack)
            }) {
                let text = "the same stack as that of event \(same.event)"
                return [head, "    " + theme.faint(text)]
            }
            let event = ShownEvent(process: item.process, event: item.event)
            if let rule = shown[event] {
                return [head, "    " + theme.faint("its stack is above, in \(rule)")]
            }
            shown[event] = finding.rule
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
        case "fault": return "fatal signal"
        case "left": return "what was left: " + subject(item, name)
        default: return item.kind
        }
    }

    private func subject(_ item: Evidence, _ library: String?) -> String {
        let parts = [item.subject?.printable, library.map { "of \($0)" }].compactMap(\.self)
        return parts.isEmpty ? "unknown code" : parts.joined(separator: " ")
    }
}
