// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// What a report could not know.
struct Completeness {
    /// One line about it.
    let line: String

    init(_ processes: [TracedProcess]) {
        var parts: [String] = []
        let isAlone = processes.count == 1
        func of(_ process: TracedProcess) -> String {
            isAlone ? "" : " of process \(process.id) (pid \(process.pid))"
        }
        for process in processes where process.lostRecords > 0 {
            parts.append("\(Words.count(process.lostRecords, "record")) lost\(of(process))")
        }
        for process in processes where process.brokenInputs > 0 {
            let stretch = process.brokenInputs == 1 ? "stretch" : "stretches"
            parts.append("\(process.brokenInputs) unreadable \(stretch) of data\(of(process))")
        }
        let pruned = processes.filter { $0.prunedSeq > 0 }
        for process in pruned.prefix(8) {
            parts.append("events up to \(process.prunedSeq)\(of(process)) were pruned")
        }
        if pruned.count > 8 { parts.append("events of \(pruned.count - 8) more were pruned") }
        for process in processes where process.silentChildren > 0 {
            let children = process.silentChildren == 1 ? "child" : "children"
            parts.append(
                "nothing came from \(process.silentChildren) forked \(children)\(of(process))")
        }
        let killed = processes.filter {
            if case .killed = $0.ending { true } else { false }
        }
        for process in killed.prefix(8) {
            let who = isAlone ? "the process" : "process \(process.id) (pid \(process.pid))"
            parts.append("\(who) was \(Words.ending(process))")
        }
        if killed.count > 8 { parts.append("\(killed.count - 8) more were killed") }
        let open = processes.filter { $0.ending == .running || $0.ending == .gone }
        if !open.isEmpty {
            parts.append(
                isAlone
                    ? "no end of the process was seen"
                    : "no end was seen of \(Words.processes(open.count))")
        }
        let unheard = processes.filter(\.hasExitedUnheard)
        if !unheard.isEmpty {
            let who = isAlone ? "the process" : Words.processes(unheard.count)
            parts.append(
                "\(who) exited without a last record, as by a call of exit_group(2) itself")
        }
        let other = processes.filter { !$0.isComplete }.count
        let unseen = processes.map(\.unseenCallers).reduce(0, +)
        var callers =
            unseen == 0
            ? "every caller was seen"
            : "\(Words.count(unseen, "change")) of the loaded libraries had a caller that could not"
                + " be seen"
        func note(_ mode: TracerMode, _ text: String) {
            let number = processes.count { $0.modes.contains(mode) }
            guard number > 0 else { return }
            callers += "; " + text + (isAlone ? "" : " in \(Words.processes(number))")
        }
        note(.noIdentity, "a shadow stack hid from glibc who calls dlopen")
        note(.noFaults, "fatal signals were not recorded")
        if parts.isEmpty, other == 0 {
            line = "trace: complete; no record lost, no process killed, \(callers)"
        } else {
            line = "trace: not complete; " + (parts + [callers]).joined(separator: "; ")
        }
    }
}

extension TracedProcess {
    /// Whether nothing is missing but the record of its end.
    fileprivate var hasExitedUnheard: Bool {
        guard case .exited = self.ending else { return false }
        return !isComplete && lostRecords == 0 && brokenInputs == 0 && prunedSeq == 0
    }
}
