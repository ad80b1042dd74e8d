// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The places in files that may have a name, each once.
final class DigestPlaces {
    private struct Place: Hashable {
        let binary: Int64
        let fileAddress: Int64
        let isExact: Bool
    }

    private static let mostKnown = 1 << 15

    private let insert: FactStatement
    private var known: Set<Place> = []

    init(_ database: Database, schema: String) throws {
        insert = try FactStatement(
            database,
            """
            INSERT INTO \(schema).digest_place (binary_id, file_address, is_exact)
            VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """)
    }

    func add(_ binary: Int64, _ fileAddress: Int64, isExact: Bool) throws {
        let place = Place(binary: binary, fileAddress: fileAddress, isExact: isExact)
        guard known.insert(place).inserted else { return }
        if known.count > Self.mostKnown { known = [place] }
        insert.bind(1, binary)
        insert.bind(2, fileAddress)
        insert.bind(3, isExact)
        try insert.run()
    }
}
