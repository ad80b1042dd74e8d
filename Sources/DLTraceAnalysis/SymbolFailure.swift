// SPDX-License-Identifier: Apache-2.0

/// Why functions of a library have no names in a report.
package struct SymbolFailure: Sendable, Equatable {
    /// The full path of the library.
    package let library: String
    /// What stood in the way: "the file is gone", "the file was replaced since", …
    package let reason: String

    /// A failure of these parts.
    package init(library: String, reason: String) {
        self.library = library
        self.reason = reason
    }
}
