// SPDX-License-Identifier: Apache-2.0

package import GRDB

/// Makes what digest.sql holds.
///
/// A digest is chosen so that the rules that are built in find the same in it as in the whole trace: see
/// DigestPass. It is made when a recording ends, or by the first command that reads; of a process that goes
/// on, for one connection only.
package enum DigestMaker {
    /// Makes what is missing in the database itself.
    static func complete(in database: Database) throws {
        try database.execute(sql: String(decoding: PackageResources.digest_sql, as: UTF8.self))
        let states = try states(of: nil, in: database)
        let known = try known(in: database)
        let missing = states.filter { known[$0.process] != Fingerprint($0) }
        guard !missing.isEmpty || known.count != states.count else { return }
        try database.inSavepoint {
            let kept = Set(states.map(\.process)).subtracting(missing.map(\.process))
            for process in known.keys where !kept.contains(process) {
                try forget(process, in: database)
            }
            try make(missing, schema: "main", in: database)
            return .commit
        }
    }

    /// Whether there is a digest of every process of the database, into which nobody records.
    package static func isComplete(in database: Database) throws -> Bool {
        guard try isThere(in: database),
            try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal"
        else { return false }
        return try Bool.fetchOne(
            database,
            sql: """
                SELECT (SELECT COUNT(*) FROM main.digest_process) = (SELECT COUNT(*) FROM process)
                """) ?? false
    }

    private static func isThere(in database: Database) throws -> Bool {
        try Int.fetchOne(
            database,
            sql: """
                SELECT COUNT(*)
                FROM main.sqlite_master
                WHERE name IN ('digest_process', 'digest_place')
                """) == 2
    }

    /// Makes the same of some processes for this connection, as TEMP tables: copied from the database
    /// where that is up to date.
    package static func copy(processes: [Int64], in database: Database) throws {
        let sql = String(decoding: PackageResources.digest_sql, as: UTF8.self)
        try database.execute(
            sql: sql.replacing("CREATE TABLE IF NOT EXISTS ", with: "CREATE TABLE temp."))
        let states = try states(of: Set(processes), in: database)
        let known = try isThere(in: database) ? known(in: database) : [:]
        var missing: [DigestState] = []
        var found: [Int64] = []
        for state in states {
            if known[state.process] == Fingerprint(state) {
                found.append(state.process)
            } else {
                missing.append(state)
            }
        }
        if !found.isEmpty {
            for table in tables {
                let statement = try database.makeStatement(
                    sql: """
                        INSERT INTO temp.\(table)
                        SELECT * FROM main.\(table) WHERE process_id = ?
                        """)
                for process in found { try statement.execute(arguments: [process]) }
            }
        }
        try make(missing, schema: "temp", in: database)
    }

    /// Those of which the rows belong to a process.
    private static let tables = [
        "digest_process", "digest_library", "digest_call", "digest_churn",
    ]

    private static func forget(_ process: Int64, in database: Database) throws {
        for table in tables {
            try database.cachedStatement(sql: "DELETE FROM \(table) WHERE process_id = ?")
                .execute(arguments: [process])
        }
    }

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
