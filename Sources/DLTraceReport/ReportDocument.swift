// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// The JSON of a report.
struct ReportDocument: Encodable {
    private let schema = 1
    private let processes: [ProcessDocument]
    private let findings: [FindingDocument]
    private let otherProcesses: Int

    init(_ analysis: Analysis) {
        processes = analysis.processes.map(ProcessDocument.init)
        findings = analysis.findings.map(FindingDocument.init)
        otherProcesses = analysis.otherProcesses
    }
}
