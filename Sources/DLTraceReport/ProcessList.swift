// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace processes`.
package struct ProcessList {
    /// The renderer.
    package init() {}

    /// A table, oldest first.
    package func text(_ processes: [TracedProcess]) -> String {
        var table = Table([
            ">ID", ">PID", ">PPID", "ENDING", ">LOST", ">PRUNED", ">UNSEEN", "MODES", "PROGRAM",
        ])
        for process in processes {
            table.add([
                String(process.id), String(process.pid), process.ppid.map(String.init) ?? "-",
                ending(process.ending), String(process.lostRecords), String(process.prunedSeq),
                String(process.unseenCallers),
                process.modes.isEmpty ? "-" : process.modes.map(\.rawValue).joined(separator: ","),
                Words.command(process),
            ])
        }
        return table.text
    }

    /// The same in JSON.
    package func json(_ processes: [TracedProcess]) throws -> String {
        try JSONText.pretty(processes.map(ProcessDocument.init))
    }

    private func ending(_ ending: ProcessEnding) -> String {
        switch ending {
        case .exited(let status): status.map { "exit \($0)" } ?? "exit"
        case .killed(let signal): Words.signal(signal)
        case .exec: "exec"
        case .gone: "gone"
        case .running: "running"
        }
    }
}
