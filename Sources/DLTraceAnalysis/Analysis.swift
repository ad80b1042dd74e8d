// SPDX-License-Identifier: Apache-2.0

/// The answer of a report: processes and what the rules found in them.
package struct Analysis: Sendable, Equatable {
    /// The processes that were looked at, oldest first.
    package let processes: [TracedProcess]
    /// What was found, worst first within a process.
    package let findings: [Finding]
    /// How many more processes the database has.
    package let otherProcesses: Int

    /// Makes an answer of its parts.
    package init(processes: [TracedProcess], findings: [Finding], otherProcesses: Int) {
        self.processes = processes
        self.findings = findings
        self.otherProcesses = otherProcesses
    }

    /// The worst severity found; nil if nothing was.
    package var worst: Severity? { findings.map(\.severity).max() }
}
