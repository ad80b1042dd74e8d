// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// The JSON of a report.
struct ReportDocument: Encodable {
    private let schema = 1
    private let processes: [ProcessDocument]
    private let findings: [FindingDocument]
    private let otherProcesses: Int
    private let suppressed: Int
    private let suppressions: [SuppressionDocument]
    private let symbolFailures: [SymbolFailureDocument]
    private let brokenSources: [BrokenSourceDocument]
    private let otherBrokenSources: Int

    init(_ analysis: Analysis) {
        processes = analysis.processes.map(ProcessDocument.init)
        var first: [FindingIdentity: Int] = [:]
        findings = analysis.findings.enumerated().map { index, finding in
            let identity = FindingIdentity(finding, .place)
            defer { first[identity] = first[identity] ?? index }
            return FindingDocument(finding, sameAs: first[identity])
        }
        otherProcesses = analysis.otherProcesses
        suppressed = analysis.suppressed
        suppressions = analysis.suppressions.map(SuppressionDocument.init)
        symbolFailures = analysis.symbolFailures.map(SymbolFailureDocument.init)
        brokenSources = analysis.brokenSources.map(BrokenSourceDocument.init)
        otherBrokenSources = analysis.otherBrokenSources
    }
}
