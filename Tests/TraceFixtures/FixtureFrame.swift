// SPDX-License-Identifier: Apache-2.0

/// A line of a stack to be: a place in a library, and the function there.
package struct FixtureFrame {
    let library: FixtureLibrary?
    let offset: Int64
    let symbol: String?

    /// A return address in a library.
    package init(_ library: FixtureLibrary?, _ offset: Int64, _ symbol: String? = nil) {
        self.library = library
        self.offset = offset
        self.symbol = symbol
    }
}
