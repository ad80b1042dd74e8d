// SPDX-License-Identifier: Apache-2.0

/// Breaks long sentences between words, for a terminal; what goes to a file or a pipe stays in one line.
struct Wrapping: Sendable {
    /// Shorter lines than this are worse than long ones.
    private static let least = 40
    /// Longer ones are hard to read, however wide the terminal is.
    private static let most = 110

    private let width: Int?

    /// For a terminal of so many columns; nil for none.
    init(width: Int?) {
        self.width = width.flatMap { $0 < Self.least ? nil : min($0, Self.most) }
    }

    /// The lines of a text that begins with `head`; those behind the first are indented as far.
    func lines(_ text: String, head: String) -> [String] {
        guard let width, head.count + text.count > width else { return [head + text] }
        let indent = String(repeating: " ", count: head.count)
        var lines: [String] = []
        var line = head
        var isEmpty = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}
