// SPDX-License-Identifier: Apache-2.0

/// Lines in columns: upper-case header, two spaces between columns, the last one unpadded.
struct Table {
    private let header: [String]
    private let isRight: [Bool]
    private var rows: [[String]] = []

    /// A table without rows. A header that begins with `>` makes a column of numbers, aligned right.
    init(_ header: [String]) {
        self.header = header.map { $0.hasPrefix(">") ? String($0.dropFirst()) : $0 }
        self.isRight = header.map { $0.hasPrefix(">") }
    }

    /// Adds a row; what is in it is made printable here.
    mutating func add(_ row: [String]) {
        rows.append(row.map(\.printable))
    }

    /// The lines, each with its end.
    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        return all.map { row in
            row.indices.map { column in
                let cell = row[column]
                let space = String(repeating: " ", count: widths[column] - cell.count)
                if isRight[column] { return space + cell }
                return column == row.count - 1 ? cell : cell + space
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
