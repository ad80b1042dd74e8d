// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The table text: each value once.
final class TextTable {
    /// Longer texts are looked up in the database each time.
    private static let cachedBytesMax = 1024

    private let select: FactStatement
    private let insert: FactStatement
    private var cache = BoundedCache<WireText>(limit: 4096)

    init(_ database: Database) throws {
        select = try FactStatement(database, "SELECT id FROM text WHERE value = ?")
        insert = try FactStatement(database, "INSERT INTO text (value) VALUES (?)")
    }

    /// The number of a text, which is added where it is new.
    func id(_ text: WireText) throws -> Int64? {
        if let known = cache[text] { return known }
        let bytes = text.stored
        select.bind(1, text: bytes)
        var id = try select.firstNumber()
        if id == nil {
            insert.bind(1, text: bytes)
            id = try insert.insert()
        }
        if text.bytes.count <= Self.cachedBytesMax { cache[text] = id }
        return id
    }

    func clearCache() {
        cache.clear()
    }
}
