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

    init(_ finding: Finding) {
        rule = finding.rule
        severity = finding.severity.rawValue
        process = finding.process
        library = OrNull(finding.library)
        message = finding.message
        detail = finding.detail.joined(separator: "\n")
        evidence = finding.evidence.map(EvidenceDocument.init)
        remedies = finding.remedies
    }
}
