// SPDX-License-Identifier: Apache-2.0

/// A line to the process that reads symbols: one of the two.
struct SymbolizerQuestion: Codable {
    /// For names in a file.
    var names: SymbolRequest?

    /// For the stacks in a core file.
    var core: CoreRequest?
}
