// SPDX-License-Identifier: Apache-2.0

/// The answer to a ``SymbolRequest``.
package struct SymbolReply: Codable, Hashable, Sendable {
    /// What stood in the way; nil: nothing, and addresses without frames have no name.
    package var failure: SymbolError?

    /// The frames of each address asked for, in that order; empty with a failure.
    package var places: [[ResolvedFrame]]

    /// Creates an answer.
    package init(failure: SymbolError? = nil, places: [[ResolvedFrame]] = []) {
        self.failure = failure
        self.places = places
    }
}
