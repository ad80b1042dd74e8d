// SPDX-License-Identifier: Apache-2.0

/// Findings that are the same one, by their identity.
package struct FindingGroup: Sendable, Equatable {
    /// The first one, which stands for all.
    package var first: Finding { findings[0] }
    /// All of them, in order; at least one.
    package private(set) var findings: [Finding]
    /// What they have in common.
    package let identity: FindingIdentity

    /// Groups findings, in the order of the first ones.
    package static func groups(
        of findings: [Finding], _ precision: FindingIdentity.Precision
    ) -> [FindingGroup] {
        var groups: [FindingGroup] = []
        var places: [FindingIdentity: Int] = [:]
        for finding in findings {
            let identity = FindingIdentity(finding, precision)
            if let place = places[identity] {
                groups[place].findings.append(finding)
            } else {
                places[identity] = groups.count
                groups.append(FindingGroup(findings: [finding], identity: identity))
            }
        }
        return groups
    }
}
