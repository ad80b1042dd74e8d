// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import Glibc

/// What `dltrace diff` compares: processes of the database, or of another one.
struct ComparedSide: ExpressibleByArgument {
    /// Another database than that of `--database`.
    let file: String?
    /// Which of its processes.
    let processes: ProcessSelection

    /// Processes of the database, or of another file.
    init(_ processes: ProcessSelection, of file: String? = nil) {
        self.file = file
        self.processes = processes
    }

    /// `PROCESS`, `FILE:PROCESS`, or `FILE` for its last program.
    init?(argument: String) {
        if let processes = ProcessSelection(argument: argument) {
            self.init(processes)
            return
        }
        if let colon = argument.lastIndex(of: ":"), colon > argument.startIndex,
            let processes = ProcessSelection(
                argument: String(argument[argument.index(after: colon)...]))
        {
            self.init(processes, of: String(argument[..<colon]))
            return
        }
        // A word that is neither is rather a mistake than a file that is missing.
        guard argument.contains("/") || access(argument, F_OK) == 0 else { return nil }
        self.init(.last, of: argument)
    }

    var defaultValueDescription: String { processes.argument }
}
