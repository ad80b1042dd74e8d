// SPDX-License-Identifier: Apache-2.0

/// A line of a suppression file: findings that nobody wants to hear of.
package struct Suppression: Sendable, Equatable {
    /// The file, as it was named.
    package let file: String
    /// Its line there, from 1.
    package let line: Int
    /// Which rules' ids.
    package let rule: Glob
    /// Which libraries: of the full path or its last part.
    package let library: Glob
    /// Which function is on a stack of it; nil where that does not matter.
    package let symbol: Glob?
    /// Why, in the words of who wrote it.
    package let comment: String?

    /// A suppression of these parts.
    package init(
        file: String, line: Int, rule: Glob, library: Glob, symbol: Glob?, comment: String?
    ) {
        self.file = file
        self.line = line
        self.rule = rule
        self.library = library
        self.symbol = symbol
        self.comment = comment
    }

    /// Whether it is about a finding.
    package func matches(_ finding: Finding) -> Bool {
        guard rule.matches(finding.rule) else { return false }
        let path = finding.library ?? ""
        guard library.matches(path) || library.matches(path.lastPathPart) else { return false }
        guard let symbol else { return true }
        return finding.evidence.contains { item in
            item.stack.contains { frame in
                Self.spellings(of: frame).contains(where: symbol.matches)
            }
        }
    }

    /// The line that suppresses a finding and those like it: its rule, its library, and the destructor it is
    /// about, or else the innermost function of its first stack that has a name.
    package static func line(for finding: Finding) -> String {
        let library = (finding.library ?? "").lastPathPart
        var words = [finding.rule]
        words.append(library.isEmpty ? "*" : masked(library) { _, next in isBlank(next) })
        let evidence =
            finding.evidence.filter { $0.role == "destructor" }
            + finding.evidence.filter { $0.role != "destructor" }
        let symbols = evidence.lazy.flatMap(\.stack).compactMap(\.symbol)
        if let symbol = symbols.first(where: { !$0.isEmpty }) {
            words.append(masked(symbol) { last, next in next == "#" && last.map(isBlank) ?? true })
        }
        return words.joined(separator: " ")
    }

    /// How a pattern may name a frame. Where a function has no name, its place in the file stands for it.
    private static func spellings(of frame: Frame) -> [String] {
        guard let library = frame.library else { return frame.symbol.map { [$0] } ?? [] }
        let place = frame.offset.map { "+0x" + String($0, radix: 16) } ?? ""
        guard let symbol = frame.symbol else {
            return [library.lastPathPart + place, library + place]
        }
        return [symbol, library.lastPathPart + "!" + symbol, library + "!" + symbol]
    }

    /// A text as a pattern on one line: `?` for what can't be in one, or would not be seen.
    private static func masked(
        _ text: String, where isOdd: (Unicode.Scalar?, Unicode.Scalar) -> Bool
    ) -> String {
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            result.append(isHidden(scalar) || isOdd(last, scalar) ? "?" : scalar)
            last = scalar
        }
        return String(result)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: true
        default: false
        }
    }
}
