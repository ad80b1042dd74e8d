// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace report --format json`, by the contract of docs/cli.md.
package struct JSONReport {
    /// The renderer.
    package init() {}

    /// The whole report, with its last line end.
    package func render(_ analysis: Analysis) throws -> String {
        try JSONText.pretty(ReportDocument(analysis))
    }
}
