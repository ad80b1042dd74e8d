// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

/// Narrows the views to a few libraries of a few processes, for one connection: what a question about a
/// library or an address needs of a trace of millions of events.
///
/// The two views that read events, library_span and loader_call, are put over tables that hold what is
/// under the lens, found through the indexes of indexes.sql. All views above them then answer from that.
struct LibraryLens {
    /// So many opens and so many closes of one library are looked at, the newest.
    static let mostCalls = 500

    private let database: Database
    /// Without indexes one look at all events of a process costs less than one for each library.
    private let hasIndexes: Bool

    /// Puts the lens over a connection's views; what an earlier one had under it is forgotten.
    init(_ database: Database) throws {
        self.database = database
        let isThere = try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM temp.sqlite_master WHERE name = 'lens_process'")
        if isThere == 0 {
            hasIndexes = try IndexedViews.install(in: database)
            try Self.install(in: database)
        } else {
            // To make views anew has every statement compiled anew.
            hasIndexes = try IndexedViews.areThere(in: database)
        }
        try clear()
    }

    private static func install(in database: Database) throws {
        try database.execute(
            sql: """
                CREATE TEMP TABLE lens_process (process_id INTEGER PRIMARY KEY);
                DROP VIEW temp.selected_process;
                CREATE TEMP VIEW selected_process AS SELECT process_id FROM lens_process;
                """)
        for (view, key) in [
            ("library_span", "process_id, library_id"), ("loader_call", "process_id, seq"),
        ] {
            try FrozenViews.keep(view, in: database)
            try database.execute(
                sql: """
                    CREATE TEMP TABLE lens_\(view) (\(try FrozenViews.columns(of: view, in: database)));
                    CREATE UNIQUE INDEX temp.lens_\(view)_key ON lens_\(view) (\(key));
                    DROP VIEW temp.\(view);
                    CREATE TEMP VIEW \(view) AS SELECT * FROM lens_\(view);
                    """)
        }
        try database.execute(
            sql: """
                CREATE INDEX temp.lens_loader_call_library
                ON lens_loader_call (process_id, library_id);
                CREATE INDEX temp.lens_loader_call_handle ON lens_loader_call (process_id, handle);
                """)
    }

    // MARK: - Putting something under it

    /// Forgets all that is under it: views over it take the longer the more that is.
    func clear() throws {
        for table in ["lens_process", "lens_library_span", "lens_loader_call"] {
            try database.cachedStatement(sql: "DELETE FROM \(table)").execute()
        }
    }

    /// Adds processes, of which only their lines are asked for so far.
    func select(_ processes: [Int64]) throws {
        let insert = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO lens_process VALUES (?)")
        for process in processes { try insert.execute(arguments: [process]) }
    }

    /// Adds a process: its own views of its libraries, and of those it was forked with.
    func add(process: Int64) throws {
        try select([process])
        guard database.changesCount > 0, !hasIndexes else { return }
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO lens_library_span
                SELECT * FROM every_library_span WHERE process_id = ?
                """
        ).execute(arguments: [process])
    }

    /// Adds a library of a process that was added.
    func add(library: Int64, of process: Int64) throws {
        guard hasIndexes else { return }
        try database.cachedStatement(
            sql: Self.insertSpans("(SELECT ? AS process_id, ? AS library_id)")
        ).execute(arguments: [process, library])
    }

    /// Adds the libraries and calls of this connection's digest, for the processes that were added.
    ///
    /// There are indexes where there is a digest.
    func addDigest() throws {
        try database.execute(
            sql: """
                \(Self.insertSpans("temp.digest_library"));
                \(Self.insertSpans("""
                    (
                        SELECT process_line.process_id, digest_library.library_id
                        FROM temp.digest_process
                        CROSS JOIN process_line ON process_line.process_id = digest_process.process_id
                            AND process_line.depth > 0
                        CROSS JOIN temp.digest_library
                            ON digest_library.process_id = process_line.member_id
                        WHERE digest_process.is_inheriting
                    )
                    """));
                INSERT OR IGNORE INTO lens_loader_call
                SELECT every_loader_call.*
                FROM temp.digest_call
                CROSS JOIN every_loader_call ON every_loader_call.process_id = digest_call.process_id
                    AND every_loader_call.seq = digest_call.seq;
                UPDATE lens_loader_call
                SET times = digest_call.times
                FROM temp.digest_call
                WHERE digest_call.times > 1
                    AND lens_loader_call.process_id = digest_call.process_id
                    AND lens_loader_call.seq = digest_call.seq;
                """)
    }

    /// The spans of the libraries that a table names, for the processes that it names.
    private static func insertSpans(_ source: String) -> String {
        """
        INSERT OR IGNORE INTO lens_library_span
        SELECT
            line.process_id, library.id, line.depth,
            arrival.process_id, arrival.seq, arrival.time_ns, arrival.parent_seq,
            fini.seq, fini.phase, fini.parent_seq, fini_end.seq,
            departure.seq, departure.time_ns, departure.parent_seq
        FROM \(source) AS wanted
        CROSS JOIN library ON library.id = wanted.library_id
        CROSS JOIN process_line AS line ON line.process_id = wanted.process_id
            AND line.member_id = library.process_id
        CROSS JOIN event AS arrival INDEXED BY event_library ON arrival.library_id = library.id
            AND arrival.kind IN ('load', 'present')
            AND arrival.process_id = line.member_id
            AND arrival.seq <= line.last_seq
        LEFT JOIN event AS departure INDEXED BY event_library ON departure.library_id = library.id
            AND departure.kind = 'unload'
            AND departure.process_id = line.process_id
        LEFT JOIN event AS fini ON fini.process_id = line.process_id
            AND fini.seq = (
                SELECT MIN(first.seq)
                FROM event AS first INDEXED BY event_library
                WHERE first.library_id = library.id
                    AND first.kind = 'fini'
                    AND first.process_id = line.process_id
            )
        LEFT JOIN event AS fini_end INDEXED BY event_end ON fini_end.process_id = line.process_id
            AND fini_end.parent_seq = fini.seq
            AND fini_end.kind = 'end'
        WHERE NOT EXISTS (
            SELECT 1
            FROM event AS earlier INDEXED BY event_library
            JOIN process_line AS member ON member.process_id = wanted.process_id
                AND member.member_id = earlier.process_id
            WHERE earlier.library_id = library.id
                AND earlier.kind = 'unload'
                AND earlier.seq <= member.last_seq
                AND member.depth > 0
        )
        """
    }

    /// Adds the calls that opened and closed a library in a process that was added.
    ///
    /// - Returns: how many there are, added or not.
    @discardableResult
    func add(callsOf library: Int64, in process: Int64) throws -> Int {
        guard hasIndexes else {
            try database.cachedStatement(
                sql: """
                    INSERT OR IGNORE INTO lens_loader_call
                    SELECT every_loader_call.*
                    FROM process_line AS line
                    CROSS JOIN every_loader_call ON every_loader_call.process_id = line.member_id
                    WHERE line.process_id = ?
                        AND every_loader_call.seq <= line.last_seq
                        AND every_loader_call.library_id = ?
                    """
            ).execute(arguments: [process, library])
            return database.changesCount
        }
        let members = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT member_id, last_seq FROM process_line WHERE process_id = ? ORDER BY depth
                    """), arguments: [process])
        var count = 0
        for member in members {
            for kind in ["dlclose", "end"] {
                let calls = try Int64?.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT CASE kind WHEN 'end' THEN parent_seq ELSE seq END
                            FROM event INDEXED BY event_library
                            WHERE library_id = ? AND kind = ? AND process_id = ? AND seq <= ?
                            ORDER BY seq DESC
                            LIMIT ?
                            """),
                    arguments: [
                        library, kind, member["member_id"], member["last_seq"],
                        Self.mostCalls,
                    ])
                for call in calls.compactMap(\.self) {
                    try add(call: call, of: member["member_id"])
                }
                count += calls.count
            }
        }
        guard count >= Self.mostCalls else { return count }
        let (opens, closes) = try calls(of: library, in: process)
        return opens + closes
    }

    /// How often a library was opened and closed in a process: as a digest has counted, else by index.
    func calls(of library: Int64, in process: Int64) throws -> (opens: Int, closes: Int) {
        let members = try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM process_line WHERE process_id = ?",
            arguments: [process])
        if members == 1, try DigestMaker.isComplete(in: database),
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT opens, closes
                    FROM main.digest_library
                    WHERE process_id = ? AND library_id = ? AND opens IS NOT NULL
                    """, arguments: [process, library])
        {
            return (row[0], row[1])
        }
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT TOTAL(event.kind = 'end'), TOTAL(event.kind = 'dlclose')
                FROM process_line AS line
                CROSS JOIN event ON event.library_id = ?2
                    AND event.kind IN ('dlclose', 'end')
                    AND event.process_id = line.member_id
                    AND event.seq <= line.last_seq
                WHERE line.process_id = ?1
                """, arguments: [process, library])
        return (Int(row?[0] as Double? ?? 0), Int(row?[1] as Double? ?? 0))
    }

    /// Adds one call.
    func add(call: Int64, of process: Int64) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO lens_loader_call
                SELECT * FROM every_loader_call WHERE process_id = ? AND seq = ?
                """
        ).execute(arguments: [process, call])
    }

    /// Adds the libraries in the stack of an event, with the process it is of.
    func add(stackOf event: Int64, in process: Int64) throws {
        try add(process: process)
        let libraries = Set(
            try EnclosingFrame.all(of: event, in: process, database).compactMap(\.library))
        for library in libraries { try add(library: library, of: process) }
    }

    /// Adds the libraries that may need one: the newest loads of each file that names it.
    func add(needing name: String, in process: Int64) throws {
        guard hasIndexes else { return }
        let libraries = try Int64.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT library.id
                    FROM binary
                    CROSS JOIN process_line AS line ON line.process_id = ?1
                    CROSS JOIN library ON library.id IN (
                        SELECT newest.id
                        FROM library AS newest
                        WHERE newest.binary_id = binary.id
                            AND newest.process_id = line.member_id
                        ORDER BY newest.id DESC
                        LIMIT 64
                    )
                    WHERE EXISTS (
                        SELECT 1
                        FROM library_needed
                        WHERE library_needed.library_id = library.id
                            AND library_needed.name = ?2
                    )
                    """), arguments: [process, name])
        for library in libraries { try add(library: library, of: process) }
    }
}
