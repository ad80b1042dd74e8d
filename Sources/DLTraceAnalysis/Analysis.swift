// SPDX-License-Identifier: Apache-2.0

/// The answer of a report: processes and what the rules found in them.
package struct Analysis: Sendable, Equatable {
    /// The processes that were looked at, oldest first.
    package let processes: [TracedProcess]
    /// What was found and not suppressed, worst first.
    package let findings: [Finding]
    /// How many more processes the database has.
    package let otherProcesses: Int
    /// Every suppression that was given, with its uses.
    package let suppressions: [SuppressionUse]
    /// Why functions in the stacks of the findings have no names.
    package let symbolFailures: [SymbolFailure]
    /// What was no record and claims to be of the processes, or is of none that is known.
    package let brokenSources: [BrokenSource]
    /// How many more such sources there are.
    package let otherBrokenSources: Int

    /// Makes an answer of its parts.
    package init(
        processes: [TracedProcess], findings: [Finding], otherProcesses: Int,
        suppressions: [SuppressionUse] = [], symbolFailures: [SymbolFailure] = [],
        brokenSources: [BrokenSource] = [], otherBrokenSources: Int = 0
    ) {
        self.processes = processes
        self.findings = findings
        self.otherProcesses = otherProcesses
        self.suppressions = suppressions
        self.symbolFailures = symbolFailures
        self.brokenSources = brokenSources
        self.otherBrokenSources = otherBrokenSources
    }

    /// The worst severity found; nil if nothing was.
    package var worst: Severity? { findings.map(\.severity).max() }

    /// How many findings were suppressed.
    package var suppressed: Int { suppressions.map(\.findings).reduce(0, +) }

    /// The findings, each with those that are the same one at another time: in another process, say.
    package var groups: [FindingGroup] {
        FindingGroup.groups(of: findings, .place)
    }
}
