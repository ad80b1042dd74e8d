// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Processes in text, at the head of a report.
struct ProcessText {
    let theme: Theme

    /// The processes, those alike in one line.
    func lines(_ processes: [TracedProcess]) -> [String] {
        var texts: [String] = []
        var members: [String: [TracedProcess]] = [:]
        for process in processes {
            let text = Words.command(process) + ": " + Words.ending(process) + modes(process)
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

    private func modes(_ process: TracedProcess) -> String {
        let experiments = process.modes.filter { [.quarantine, .pin, .census].contains($0) }
        guard !experiments.isEmpty else { return "" }
        return "; traced with " + Words.list(experiments.map { "--\($0.rawValue)" })
    }
}
