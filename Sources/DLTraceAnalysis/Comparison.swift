// SPDX-License-Identifier: Apache-2.0

/// What differs between two reports: did a change of the program help?
package struct Comparison: Sendable, Equatable {
    /// A finding in either report or both.
    package struct Change: Sendable, Equatable {
        /// The finding, of the newer report where it is in that.
        package let finding: Finding
        /// How often the older report has it.
        package let before: Int
        /// How often the newer one has it.
        package let after: Int
    }

    /// The older report.
    package let before: Analysis
    /// The newer one.
    package let after: Analysis
    /// What the newer one has not any more.
    package let gone: [Change]
    /// What only the newer one has.
    package let new: [Change]
    /// What both have, if not equally often.
    package let same: [Change]

    /// Compares two reports by the findings' names: the program may have been built anew in between.
    package init(before: Analysis, after: Analysis) {
        self.before = before
        self.after = after
        let older = FindingGroup.groups(of: before.findings, .name)
        let newer = FindingGroup.groups(of: after.findings, .name)
        func counts(_ groups: [FindingGroup]) -> [FindingIdentity: Int] {
            Dictionary(uniqueKeysWithValues: groups.map { ($0.identity, $0.findings.count) })
        }
        let (oldCounts, newCounts) = (counts(older), counts(newer))
        func change(_ group: FindingGroup) -> Change {
            Change(
                finding: group.first, before: oldCounts[group.identity] ?? 0,
                after: newCounts[group.identity] ?? 0)
        }
        gone = older.map(change).filter { $0.after == 0 }
        new = newer.map(change).filter { $0.before == 0 }
        same = newer.map(change).filter { $0.before > 0 }
    }

    /// The worst severity among what is new; nil if nothing is.
    package var worstNew: Severity? { new.map(\.finding.severity).max() }
}
