// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Processes in text, at the head of a report.
struct ProcessText {
    let theme: Theme

    /// So many lines are not too many.
    private static let mostLines = 8

    /// The processes of a report, those alike in one line. Of a great many, those that came to no good, that
    /// something was found in, and the first.
    func lines(_ analysis: Analysis) -> [String] {
        let found = Set(analysis.findings.map(\.process))
        let groups = groups(analysis.processes)
        func isNotable(_ process: TracedProcess) -> Bool {
            if found.contains(process.id) || process.id == analysis.processes.first?.id {
                return true
            }
            return switch process.ending {
            case .exited, .exec: false
            case .killed, .gone, .running: true
            }
        }
        guard groups.count > Self.mostLines else { return groups.map(line) }
        let shown = groups.filter { $0.contains(where: isNotable) }
        let hidden = analysis.processes.count - shown.map(\.count).reduce(0, +)
        guard hidden > 0 else { return groups.map(line) }
        return shown.map(line) + [
            "and \(hidden) more that ended by themselves without a finding: dltrace processes"
        ]
    }

    /// Processes that one line can stand for.
    private func groups(_ processes: [TracedProcess]) -> [[TracedProcess]] {
        var texts: [String] = []
        var members: [String: [TracedProcess]] = [:]
        for process in processes {
            let text = text(process)
            if members[text] == nil { texts.append(text) }
            members[text, default: []].append(process)
        }
        return texts.compactMap { members[$0] }
    }

    private func line(_ alike: [TracedProcess]) -> String {
        let first = alike[0]
        let ids = alike.prefix(8).map { String($0.id) } + (alike.count > 8 ? ["…"] : [])
        let title =
            alike.count == 1
            ? "process \(first.id) (pid \(first.pid))"
            : "processes \(ids.joined(separator: ", ")) (pid \(first.pid) and others)"
        return theme.title(title) + ": " + text(first)
    }

    private func text(_ process: TracedProcess) -> String {
        Words.command(process) + ": " + Words.ending(process) + modes(process)
    }

    private func modes(_ process: TracedProcess) -> String {
        let experiments = process.modes.filter { [.quarantine, .pin, .census].contains($0) }
        guard !experiments.isEmpty else { return "" }
        return "; traced with " + Words.list(experiments.map { "--\($0.rawValue)" })
    }
}
