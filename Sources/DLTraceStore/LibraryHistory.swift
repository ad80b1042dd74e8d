// SPDX-License-Identifier: Apache-2.0

import GRDB

/// What lay in a process at some point, by the database: exact, but it reads all its events.
enum LibraryHistory {
    private static let generationsMax = 1000

    /// The libraries of a process right after the event of this seq.
    static func libraries(
        of process: Int64, asOf seq: UInt64, in database: Database
    ) throws -> LiveLibraries {
        // From the oldest ancestor down: what each of them had when the next one was forked.
        var line: [(process: Int64, seq: Int64)] = [(process, Int64(clamping: seq))]
        var seen: Set<Int64> = [process]
        let selectParent = try database.cachedStatement(
            sql: "SELECT parent_id, parent_seq FROM process WHERE id = ?")
        while line.count < generationsMax, let last = line.last,
            let row = try Row.fetchOne(selectParent, arguments: [last.process]),
            let parent = row[0] as Int64?, seen.insert(parent).inserted
        {
            line.append((parent, max(0, row[1] as Int64? ?? 0)))
        }
        var libraries = LiveLibraries()
        for (depth, member) in line.reversed().enumerated() {
            if depth > 0 { libraries = libraries.asOf(.max) ?? libraries }
            try follow(member.process, to: member.seq, &libraries, in: database)
        }
        return libraries
    }

    private static func follow(
        _ process: Int64, to seq: Int64, _ libraries: inout LiveLibraries, in database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT
                    event.seq, event.kind = 'unload', library.id, library.generation,
                    library.start_address, library.end_address
                FROM event
                JOIN library ON library.id = event.library_id
                WHERE event.process_id = ?
                    AND event.seq <= ?
                    AND event.kind IN ('load', 'present', 'unload')
                ORDER BY event.seq
                """)
        let rows = try Row.fetchCursor(statement, arguments: [process, seq])
        while let row = try rows.next() {
            let seq = UInt64(bitPattern: row[0])
            let generation = UInt32(truncatingIfNeeded: row[3] as Int64)
            if row[1] {
                _ = libraries.depart(generation: generation, seq: seq)
            } else {
                libraries.arrive(
                    LiveLibrary(
                        id: row[2], generation: generation, start: UInt64(bitPattern: row[4]),
                        end: UInt64(bitPattern: row[5]), since: seq))
            }
        }
    }
}
