// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Finds the libraries that lay at an address.
struct AddressReader {
    /// A library found, in the process that loaded it.
    private struct Candidate {
        let member: Int64
        let depth: Int64
        let lastSeq: Int64
        let library: Int64
    }

    private let database: Database
    private let lens: LibraryLens
    private let counts: LoadCounts

    /// A reader for one connection, with a lens of its own if it is given none.
    init(_ database: Database, lens: LibraryLens? = nil) throws {
        self.database = database
        self.lens = try lens ?? LibraryLens(database)
        counts = try LoadCounts(database)
    }

    /// The processes that ever had a library at an address, or were forked from one that had.
    ///
    /// One look at all loads, for many processes: where it is one only it is taken for such.
    func owners(of address: UInt64, among images: [ProcessImage]) throws -> Set<Int64> {
        guard images.count > 1 else { return Set(images.map(\.id)) }
        try lens.select(images.map(\.id))
        return try Int64.fetchSet(
            database,
            sql: """
                SELECT process_id
                FROM process_line
                WHERE member_id IN (
                    SELECT process_id
                    FROM library
                    WHERE start_address <= ?1 AND end_address > ?1
                )
                """, arguments: [Int64(bitPattern: address)])
    }

    /// The libraries that lay at an address by an event, or ever, and how many earlier ones are left out.
    ///
    /// The newest come first. One that the process's parent had unloaded before the fork counts, too: a
    /// pointer into it was inherited all the same.
    func libraries(
        at address: UInt64, of process: ProcessImage, by event: Int64?, limit: Int
    ) throws -> (libraries: [PlacedLibrary], left: Int) {
        try lens.add(process: process.id)
        var found: [Candidate] = []
        var count = 0
        let line = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT member_id, depth, last_seq FROM process_line WHERE process_id = ?
                    ORDER BY depth
                    """), arguments: [process.id])
        for member in line {
            var last: Int64 = member["last_seq"]
            if member["depth"] == 0, let event { last = event &- 1 }
            let newest = try newestLibrary(of: member["member_id"], by: last)
            guard let newest else { continue }
            for extent in try extents(at: address, of: member["member_id"]) {
                let (ids, number) = try loads(
                    extent, of: member["member_id"], upTo: newest, limit: limit)
                count += number
                found += ids.map {
                    Candidate(
                        member: member["member_id"], depth: member["depth"], lastSeq: last,
                        library: $0)
                }
            }
        }
        found.sort { ($0.depth, $1.library) < ($1.depth, $0.library) }
        let libraries = try found.prefix(limit).compactMap { try library($0, of: process) }
        return (libraries, count - min(found.count, limit))
    }

    /// The last library that a process had loaded by an event: later rows are of later loads.
    private func newestLibrary(of process: Int64, by event: Int64) throws -> Int64? {
        guard event < .max else { return .max }
        return try Int64.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT library_id
                    FROM event
                    WHERE process_id = ? AND seq <= ? AND kind IN ('load', 'present')
                        AND library_id IS NOT NULL
                    ORDER BY seq DESC
                    LIMIT 1
                    """), arguments: [process, event])
    }

    /// The different extents that libraries had around an address.
    ///
    /// Libraries come and go at few different addresses however often they do, so it goes from one
    /// start address to the next lower one, by index.
    private func extents(
        at address: UInt64, of process: Int64
    ) throws -> [(start: Int64, end: Int64)] {
        let statement = try database.cachedStatement(
            sql: """
                WITH RECURSIVE
                start (address) AS (
                    SELECT MAX(start_address)
                    FROM library
                    WHERE process_id = ?1 AND start_address <= ?2
                    UNION ALL
                    SELECT (
                        SELECT MAX(start_address)
                        FROM library
                        WHERE process_id = ?1 AND start_address < start.address
                    )
                    FROM start
                    WHERE start.address IS NOT NULL
                ),
                extent (start_address, end_address) AS (
                    SELECT start.address, (
                        SELECT MIN(end_address)
                        FROM library
                        WHERE process_id = ?1 AND start_address = start.address
                            AND end_address > ?2
                    )
                    FROM start
                    UNION ALL
                    SELECT extent.start_address, (
                        SELECT MIN(end_address)
                        FROM library
                        WHERE process_id = ?1 AND start_address = extent.start_address
                            AND end_address > extent.end_address
                    )
                    FROM extent
                    WHERE extent.end_address IS NOT NULL
                )
                SELECT start_address, end_address FROM extent WHERE end_address IS NOT NULL
                """)
        return try Row.fetchAll(statement, arguments: [process, Int64(bitPattern: address)])
            .map { ($0[0], $0[1]) }
    }

    /// The newest loads at an extent, and the number of all.
    private func loads(
        _ extent: (start: Int64, end: Int64), of process: Int64, upTo newest: Int64, limit: Int
    ) throws -> ([Int64], Int) {
        let place = "WHERE process_id = ? AND start_address = ? AND end_address = ? AND id <= ?"
        let ids = try Int64.fetchAll(
            database.cachedStatement(
                sql: "SELECT id FROM library \(place) ORDER BY id DESC LIMIT ?"),
            arguments: [process, extent.start, extent.end, newest, limit])
        guard ids.count == limit else { return (ids, ids.count) }
        return (ids, try counts.loads(at: extent, in: process, upTo: newest))
    }

    private func library(
        _ candidate: Candidate, of process: ProcessImage
    ) throws -> PlacedLibrary? {
        try lens.add(library: candidate.library, of: process.id)
        let own = try PlacedLibraryReader.library(
            candidate.library, of: process.id, since: process.startedNs, in: database)
        guard own == nil, candidate.depth > 0 else { return own }
        try lens.add(process: candidate.member)
        try lens.add(library: candidate.library, of: candidate.member)
        let before = try PlacedLibraryReader.library(
            candidate.library, of: candidate.member, since: process.startedNs, in: database)
        guard let unloaded = before?.unloaded, unloaded.event <= candidate.lastSeq else {
            return nil
        }
        return before
    }
}
