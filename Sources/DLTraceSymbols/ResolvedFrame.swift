// SPDX-License-Identifier: Apache-2.0

/// A function that an address lies in: an inlined one, or the real one that contains them all.
package struct ResolvedFrame: Codable, Hashable, Sendable {
    /// The demangled name, or nil where the file has none for the address.
    package var name: String?

    /// Bytes from the symbol's start to the address, or nil for an inlined function.
    package var offset: UInt64?

    /// The source file: absolute where the debug information allows it.
    package var file: String?

    /// The line in it.
    ///
    /// Of the innermost function the line of the address; of those around it the line of the
    /// inlined call. Nil for code that belongs to no line.
    package var line: Int?

    /// True for a variable; nil for code.
    package var isData: Bool?

    /// Creates a frame.
    package init(
        name: String? = nil, offset: UInt64? = nil, file: String? = nil, line: Int? = nil
    ) {
        self.name = name
        self.offset = offset
        self.file = file
        self.line = line
    }

    private enum CodingKeys: String, CodingKey {
        case name = "n"
        case offset = "o"
        case file = "f"
        case line = "l"
        case isData = "d"
    }
}
