// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A finding in JSON.
struct FindingDocument: Encodable {
    private let rule: String
    private let severity: String
    private let process: Int64
    private let library: OrNull<String>
    private let message: String
    private let detail: String
    private let evidence: [EvidenceDocument]
    private let remedies: [String]
    private let sameAs: OrNull<Int>
    private let suppression: String

    /// - Parameters:
    ///   - finding: the finding.
    ///   - sameAs: the index of the first one that is the same, if it is not the first.
    init(_ finding: Finding, sameAs: Int? = nil) {
        rule = finding.rule
        severity = finding.severity.rawValue
        process = finding.process
        library = OrNull(finding.library)
        message = finding.message
        detail = finding.detail.joined(separator: "\n")
        evidence = finding.evidence.map(EvidenceDocument.init)
        remedies = finding.remedies
        self.sameAs = OrNull(sameAs)
        suppression = Suppression.line(for: finding)
    }
}
