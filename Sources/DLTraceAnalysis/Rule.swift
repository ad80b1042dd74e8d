// SPDX-License-Identifier: Apache-2.0

/// A rule: its documentation and the SELECT that finds what it is about.
///
/// A rule is one SQL file. It begins with a comment, whose first lines are `title:`, `severity:` and, if
/// the rule likes, `subject:`; then comes one SELECT over the views of docs/schema.md, with the columns of docs/rules.md.
package struct Rule: Sendable, Equatable {
    /// Its id: the file's name without `.sql`.
    package let id: String
    /// One line about what it finds.
    package let title: String
    /// Which severities its findings have, and when.
    package let severity: String
    /// The view, or table, without a row of which it can find nothing.
    package let subject: String?
    /// The comment, without the dashes and the subject.
    package let documentation: String
    /// The whole file, so that lines in it can be counted.
    package let sql: String
    /// Where it is from: a path; or its id, for one that is built in.
    package let source: String

    /// Whether it is not of the user's.
    var isBuiltIn: Bool { source == id }

    /// Reads a rule file.
    ///
    /// - Throws: `AnalysisError` that names the source and the line.
    package init(id: String, text: String, source: String) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var comment: [Substring] = []
        for line in lines {
            guard line.hasPrefix("--") else { break }
            comment.append(line.dropFirst(line.hasPrefix("-- ") ? 3 : 2))
        }
        func header(_ name: String, line number: Int) throws -> String {
            let prefix = name + ": "
            guard comment.count > number, comment[number].hasPrefix(prefix) else {
                throw Rule.bad("\(source):\(number + 1)", "no \"-- \(prefix)…\" there")
            }
            return String(comment[number].dropFirst(prefix.count))
        }
        self.id = id
        self.title = try header("title", line: 0)
        self.severity = try header("severity", line: 1)
        if comment.count > 2, comment[2].hasPrefix("subject: ") {
            let subject = String(comment.remove(at: 2).dropFirst(9))
            guard !subject.isEmpty, subject.allSatisfy({ $0.isLetter || $0 == "_" }) else {
                throw Rule.bad("\(source):3", "a subject is the name of a view or table")
            }
            self.subject = subject
        } else {
            subject = nil
        }
        self.documentation = comment.joined(separator: "\n")
        self.sql = text
        self.source = source
        guard !id.isEmpty,
            id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else {
            throw Rule.bad(source, "a rule's file name has letters, digits and dashes, then .sql")
        }
    }

    /// The error of a file that is no rule.
    static func bad(_ what: String, _ why: String) -> AnalysisError {
        AnalysisError(
            code: .badRule, what: what, why: why,
            advice:
                "The form of a rule is in docs/rules.md; `dltrace explain` lists those built in.")
    }
}
