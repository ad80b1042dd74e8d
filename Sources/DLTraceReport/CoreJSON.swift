// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace core --format json`.
package struct CoreJSON {
    /// The renderer.
    package init() {}

    /// An object, with its last line end.
    package func render(_ answer: CoreAnswer) throws -> String {
        try JSONText.pretty(CoreDocument(answer))
    }
}
