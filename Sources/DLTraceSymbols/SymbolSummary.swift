// SPDX-License-Identifier: Apache-2.0

/// What ``SymbolKeeper/resolveMissing(in:using:limits:)`` did.
package struct SymbolSummary: Hashable, Sendable {
    /// How many places were looked up.
    package var lookedUp = 0

    /// How many of them have a name now.
    package var named = 0

    /// What stood in the way, a file at a time.
    package var failures: [SymbolError] = []
}
