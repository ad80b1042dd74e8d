// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Reads suppression files: one suppression a line.
///
///     # why, on the line above or behind it
///     RULE LIBRARY [SYMBOL]  # why
///
/// SYMBOL is the rest of the line, since C++ names have blanks in them; `#` begins a comment at the start
/// of a line and after a blank.
package enum SuppressionFile {
    private static let form = "RULE LIBRARY [SYMBOL]"

    /// The suppressions of a file, in order.
    ///
    /// - Throws: `AnalysisError` that names the file, the line and what is wrong there.
    package static func read(_ path: String) throws -> [Suppression] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw bad(path, "can't be read")
        }
        return try suppressions(in: data, of: path)
    }

    /// The suppressions of a file's contents.
    static func suppressions(in data: Data, of path: String) throws -> [Suppression] {
        var suppressions: [Suppression] = []
        var above: [Substring] = []
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw bad("\(path):\(index + 1)", "not UTF-8")
            }
            let (text, comment) = parts(of: line)
            if text.isEmpty {
                // A comment belongs to the line that follows it, an empty line parts them.
                if let comment { above.append(comment) } else { above = [] }
                continue
            }
            let why = comment.map { [$0] } ?? above
            suppressions.append(
                try suppression(
                    text, line: index + 1, of: path,
                    comment: why.isEmpty ? nil : why.joined(separator: " ")))
            above = []
        }
        return suppressions
    }

    private static func suppression(
        _ text: Substring, line: Int, of path: String, comment: String?
    ) throws -> Suppression {
        let words = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
        guard
            words[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-*?".contains($0)) }
            )
        else {
            throw bad(
                "\(path):\(line)", "'\(words[0])' is no rule's id; a line is \(form)")
        }
        guard words.count > 1 else {
            throw bad(
                "\(path):\(line)",
                "no library behind '\(words[0])'; a line is \(form), with * for any library")
        }
        return Suppression(
            file: path, line: line, rule: Glob(String(words[0])), library: Glob(String(words[1])),
            symbol: words.count > 2 ? Glob(String(words[2].trimmed)) : nil, comment: comment)
    }

    /// A line without its comment, and that.
    private static func parts(of line: String) -> (text: Substring, comment: Substring?) {
        var isAfterBlank = true
        for index in line.indices {
            if line[index] == "#", isAfterBlank {
                let comment = line[line.index(after: index)...].trimmed
                return (line[..<index].trimmed, comment)
            }
            isAfterBlank = line[index].isWhitespace
        }
        return (line[...].trimmed, nil)
    }

    private static func bad(_ what: String, _ why: String) -> AnalysisError {
        AnalysisError(
            code: .badSuppression, what: what, why: why,
            advice: "The form of a suppression is in docs/cli.md, Suppressions.")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return start[...last]
    }
}
