// SPDX-License-Identifier: Apache-2.0

package import GRDB

/// Makes what digest.sql holds.
///
/// A digest is chosen so that the rules that are built in find the same in it as in the whole trace: see
/// DigestPass. It is made when a recording ends, or by the first command that reads; of a process that goes
/// on, for one connection only.
package enum DigestMaker {
    /// Raised by every change of digest.sql or indexes.sql, or of what is picked.
    private static let version = 4

    // MARK: - In the database

    /// Makes what is missing in the database itself.
    static func complete(in database: Database) throws {
        try database.inSavepoint {
            try removeForeign(in: database)
            try database.execute(sql: definition)
            let states = try states(of: nil, in: database)
            let known = try known(in: database)
            let missing = states.filter { known[$0.process] != Fingerprint($0) }
            let kept = Set(states.map(\.process)).subtracting(missing.map(\.process))
            for process in known.keys where !kept.contains(process) {
                try forget(process, in: database)
            }
            try make(missing, schema: "main", in: database)
            try DigestCounts.add(missing.map(\.process), in: database)
            // Nobody begins to record before this is committed.
            let isWhole = try !isRecorded(database)
            try database.execute(
                sql: """
                    DELETE FROM main.digest_status;
                    INSERT INTO main.digest_status VALUES (\(version), \(isWhole));
                    """)
            return .commit
        }
    }

    /// Whether there is a digest of all that is in the database, into which nobody records.
    package static func isComplete(in database: Database) throws -> Bool {
        guard try isWhole(in: database) == true else { return false }
        return try !isRecorded(database)
    }

    /// Notes that the database is going to change.
    static func invalidate(in database: Database) throws {
        guard try isWhole(in: database) == true else { return }
        try database.execute(sql: "UPDATE main.digest_status SET is_whole = FALSE")
    }

    private static func isRecorded(_ database: Database) throws -> Bool {
        try String.fetchOne(database, sql: "PRAGMA main.journal_mode") == "wal"
    }

    /// Nil where there is no digest, or that of another version of dltrace.
    private static func isWhole(in database: Database) throws -> Bool? {
        let names = allTables.map { "'\($0)'" }.joined(separator: ", ")
        let found = try Int.fetchOne(
            database, sql: "SELECT COUNT(*) FROM main.sqlite_master WHERE name IN (\(names))")
        guard found == allTables.count else { return nil }
        return try Bool.fetchOne(
            database, sql: "SELECT is_whole FROM main.digest_status WHERE version = ?",
            arguments: [version])
    }

    /// Removes the digest of another version of dltrace.
    private static func removeForeign(in database: Database) throws {
        guard try isWhole(in: database) == nil else { return }
        for table in allTables {
            try database.execute(sql: "DROP TABLE IF EXISTS main.\(table)")
        }
    }

    private static func forget(_ process: Int64, in database: Database) throws {
        for table in tables {
            try database.cachedStatement(sql: "DELETE FROM main.\(table) WHERE process_id = ?")
                .execute(arguments: [process])
        }
    }

    // MARK: - For one connection

    /// Makes the same of some processes for this connection, as TEMP tables: copied from the database
    /// where that is up to date.
    package static func copy(processes: [Int64], in database: Database) throws {
        try database.execute(
            sql: definition.replacing("CREATE TABLE IF NOT EXISTS ", with: "CREATE TABLE temp."))
        var found = processes
        var missing: [DigestState] = []
        if try !isComplete(in: database) {
            let known = try isWhole(in: database) == nil ? [:] : known(in: database)
            found = []
            for state in try states(of: Set(processes), in: database) {
                if known[state.process] == Fingerprint(state) {
                    found.append(state.process)
                } else {
                    missing.append(state)
                }
            }
        }
        if !found.isEmpty {
            let list = "[\(found.map(String.init).joined(separator: ","))]"
            for table in tables {
                try database.execute(
                    sql: """
                        INSERT INTO temp.\(table)
                        SELECT * FROM main.\(table)
                        WHERE process_id IN (SELECT value FROM json_each(?))
                        """, arguments: [list])
            }
        }
        try make(missing, schema: "temp", in: database)
    }

    private static var definition: String {
        String(decoding: PackageResources.digest_sql, as: UTF8.self)
    }

    // MARK: - Making

    /// Those of which the rows belong to a process.
    private static let tables = [
        "digest_process", "digest_library", "digest_call", "digest_churn", "digest_file",
        "digest_extent",
    ]
    private static let allTables = tables + ["digest_place", "digest_status"]

    private static func make(
        _ states: [DigestState], schema: String, in database: Database
    ) throws {
        guard !states.isEmpty else { return }
        let files = try DigestFiles(database)
        let places = try DigestPlaces(database, schema: schema)
        let stacks = try DigestStacks(database, places: places)
        let tables = try DigestTables(database, schema: schema)
        for state in states {
            let pass = try DigestPass(
                state, database, files: files, stacks: stacks, tables: tables,
                places: places)
            try pass.run()
        }
    }

    // MARK: - States

    /// What tells one state of a process from a later one.
    private struct Fingerprint: Equatable {
        let lastSeq: Int64
        let missing: Int64
        let pruned: Int64
        let forks: Int64
        let isForked: Bool

        init(lastSeq: Int64, missing: Int64, pruned: Int64, forks: Int64, isForked: Bool) {
            self.lastSeq = lastSeq
            self.missing = missing
            self.pruned = pruned
            self.forks = forks
            self.isForked = isForked
        }

        init(_ state: DigestState) {
            self.init(
                lastSeq: state.lastSeq, missing: state.missing, pruned: state.pruned,
                forks: Int64(state.forks.count), isForked: state.parent != nil)
        }
    }

    private static func known(in database: Database) throws -> [Int64: Fingerprint] {
        var known: [Int64: Fingerprint] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT process_id, last_seq, missing, pruned, forks, is_forked
                FROM main.digest_process
                """)
        while let row = try rows.next() {
            known[row[0]] = Fingerprint(
                lastSeq: row[1], missing: row[2], pruned: row[3], forks: row[4], isForked: row[5])
        }
        return known
    }

    private static func states(
        of processes: Set<Int64>?, in database: Database
    ) throws -> [DigestState] {
        var forks: [Int64: [Int64]] = [:]
        var parents: [Int64: DigestState.Parent] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, parent_id, COALESCE(parent_seq, 0)
                FROM process
                WHERE parent_id IS NOT NULL
                """)
        while let row = try rows.next() {
            forks[row[1], default: []].append(row[2])
            parents[row[0]] = DigestState.Parent(process: row[1], seq: row[2])
        }
        var pruned: [Int64: Int64] = [:]
        if try database.tableExists("pruned") {
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT process_id, last_seq FROM pruned WHERE process_id IS NOT NULL")
            while let row = try rows.next() { pruned[row[0]] = row[1] }
        }
        var states: [DigestState] = []
        let ends = try Row.fetchCursor(
            database,
            sql: """
                SELECT
                    process.id,
                    (SELECT MAX(seq) FROM event WHERE process_id = process.id),
                    (
                        SELECT CAST(MIN(TOTAL(last_seq - first_seq + 1), 9.0e18) AS INTEGER)
                        FROM gap
                        WHERE process_id = process.id
                    )
                FROM process
                ORDER BY process.id
                """)
        while let row = try ends.next() {
            let process: Int64 = row[0]
            guard processes?.contains(process) ?? true else { continue }
            states.append(
                DigestState(
                    process: process, lastSeq: row[1] as Int64? ?? 0, missing: row[2],
                    pruned: pruned[process] ?? 0, forks: (forks[process] ?? []).sorted(),
                    parent: parents[process]))
        }
        return states
    }
}
