// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the table symbol_failure.
enum SymbolFailureReader {
    /// What stood in the way of the names that the stacks of findings lack.
    static func failures(of findings: [Finding], in database: Database) throws -> [SymbolFailure] {
        var nameless: Set<String> = []
        for item in findings.lazy.flatMap(\.evidence) {
            nameless.formUnion(item.stack.lazy.filter { $0.symbol == nil }.compactMap(\.library))
        }
        guard !nameless.isEmpty else { return [] }
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT binary.path, symbol_failure.reason
                FROM symbol_failure
                JOIN binary ON binary.id = symbol_failure.binary_id
                ORDER BY binary.path, symbol_failure.reason
                """)
        return rows.map { SymbolFailure(library: $0["path"], reason: $0["reason"]) }
            .filter { nameless.contains($0.library) }
    }
}
