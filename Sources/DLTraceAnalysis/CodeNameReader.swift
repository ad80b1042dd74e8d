// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads table symbol.
enum CodeNameReader {
    /// What the database has of a place; nil where it has no name.
    static func name(of place: CodePlace, in database: Database) throws -> CodeName? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT name, symbol_offset, source_file, source_line
                FROM symbol
                WHERE binary_id = ? AND file_address = ? AND is_exact = ?
                ORDER BY inline_depth
                """)
        let rows = try Row.fetchAll(
            statement,
            arguments: [place.binary, Int64(bitPattern: place.fileAddress), place.isExact])
        guard rows.contains(where: { $0["name"] as String? != nil }) else { return nil }
        return CodeName(
            functions: rows.map {
                CodeName.Function(
                    name: $0["name"], offset: $0["symbol_offset"], file: $0["source_file"],
                    line: $0["source_line"])
            })
    }
}
