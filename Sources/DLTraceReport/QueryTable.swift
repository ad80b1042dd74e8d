// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace query`.
package struct QueryTable {
    /// The renderer.
    package init() {}

    /// A table.
    package func text(_ answer: QueryAnswer) -> String {
        var table = Table(answer.columns.map { $0.uppercased().printable })
        for row in answer.rows {
            table.add(row.map(word))
        }
        return table.text
    }

    /// A list of objects, one a row, keys in the columns' names; of two of one name the last one.
    package func json(_ answer: QueryAnswer) throws -> String {
        try JSONText.pretty(answer.rows.map { RowDocument(columns: answer.columns, values: $0) })
    }

    /// RFC 4180, with a header.
    package func csv(_ answer: QueryAnswer) -> String {
        ([answer.columns] + answer.rows.map { $0.map(word) })
            .map { $0.map(quoted).joined(separator: ",") + "\r\n" }
            .joined()
    }

    private func word(_ value: Value) -> String {
        switch value {
        case .null: ""
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        case .blob(let bytes):
            "0x"
                + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
    }

    private func quoted(_ cell: String) -> String {
        let text = cell.printable
        guard text.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
