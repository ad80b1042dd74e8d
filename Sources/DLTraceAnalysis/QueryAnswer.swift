// SPDX-License-Identifier: Apache-2.0

/// The answer of a query: names of columns, and rows.
package struct QueryAnswer: Sendable, Equatable {
    /// The columns' names, in order.
    package let columns: [String]
    /// One value a column.
    package let rows: [[Value]]

    /// Makes an answer of its parts.
    package init(columns: [String], rows: [[Value]]) {
        self.columns = columns
        self.rows = rows
    }
}
