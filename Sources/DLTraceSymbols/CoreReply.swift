// SPDX-License-Identifier: Apache-2.0

/// The answer to a ``CoreRequest``: one of the two.
struct CoreReply: Codable {
    /// What stood in the way.
    var failure: SymbolError?

    /// What the core file tells.
    var report: CoreReport?
}
