// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace addr --format json`.
package struct AddressJSON {
    /// The renderer.
    package init() {}

    /// A list of the answers, with its last line end.
    package func render(_ answers: [AddressAnswer]) throws -> String {
        try JSONText.pretty(answers.map(AddressDocument.init))
    }
}
