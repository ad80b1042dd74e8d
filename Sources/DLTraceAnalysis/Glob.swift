// SPDX-License-Identifier: Apache-2.0

/// A pattern as in valgrind's suppressions: `*` stands for any number of characters, `?` for one. Nothing
/// else is special, since symbols are full of brackets and backslashes.
package struct Glob: Sendable, Equatable {
    /// As it was written.
    package let pattern: String
    private let scalars: [Unicode.Scalar]

    /// A pattern.
    package init(_ pattern: String) {
        self.pattern = pattern
        scalars = Array(pattern.unicodeScalars)
    }

    /// Whether the whole text is of this pattern.
    package func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var position = 0
        var place = 0
        // Where to go on once more with the last star standing for one character more.
        var retry: (position: Int, place: Int)?
        while place < text.count {
            if position < scalars.count, scalars[position] == "*" {
                position += 1
                retry = (position, place)
            } else if position < scalars.count,
                scalars[position] == "?" || scalars[position] == text[place]
            {
                position += 1
                place += 1
            } else if let (star, start) = retry {
                position = star
                place = start + 1
                retry = (star, place)
            } else {
                return false
            }
        }
        return scalars[position...].allSatisfy { $0 == "*" }
    }
}
