// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A suppression and its uses in JSON.
struct SuppressionDocument: Encodable {
    private let file: String
    private let line: Int
    private let rule: String
    private let library: String
    private let symbol: OrNull<String>
    private let comment: OrNull<String>
    private let findings: Int

    init(_ use: SuppressionUse) {
        file = use.suppression.file
        line = use.suppression.line
        rule = use.suppression.rule.pattern
        library = use.suppression.library.pattern
        symbol = OrNull(use.suppression.symbol?.pattern)
        comment = OrNull(use.suppression.comment)
        findings = use.findings
    }
}
