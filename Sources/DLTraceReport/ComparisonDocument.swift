// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// The JSON of a comparison.
struct ComparisonDocument: Encodable {
    /// A report that was compared, without its findings.
    struct Side: Encodable {
        private let processes: [ProcessDocument]
        private let suppressed: Int

        init(_ analysis: Analysis) {
            processes = analysis.processes.map(ProcessDocument.init)
            suppressed = analysis.suppressed
        }
    }

    /// A finding, and how often each report has it.
    struct Change: Encodable {
        private let finding: FindingDocument
        private let before: Int
        private let after: Int

        init(_ change: Comparison.Change) {
            finding = FindingDocument(change.finding)
            before = change.before
            after = change.after
        }
    }

    private let schema = 1
    private let before: Side
    private let after: Side
    private let gone: [Change]
    private let new: [Change]
    private let same: [Change]

    init(_ comparison: Comparison) {
        before = Side(comparison.before)
        after = Side(comparison.after)
        gone = comparison.gone.map(Change.init)
        new = comparison.new.map(Change.init)
        same = comparison.same.map(Change.init)
    }
}
