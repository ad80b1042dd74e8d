// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Removes processes and events from a database, and what only they used.
///
/// It works on a connection that writes and does not enforce foreign keys at the moment: it does what they
/// ask for, and SQLite would look for each row's users without an index. Each method that removes is one
/// transaction, after which the database is whole.
struct TracePruner {
    /// Tells whether a process of which no end was seen may still be there.
    typealias Liveness = (PrunableProcess) -> Bool

    /// So many events are gone through at a time.
    private static let trimMax: Int64 = 1 << 17
    /// No more than this in addition for a call to end.
    private static let callMax: Int64 = 1 << 12
    /// A process with fewer events than this is left alone as long as it runs.
    private static let trimMin: Int64 = 1 << 9
    /// What a process takes besides its events, in events.
    private static let overhead: Int64 = 32
    /// Streams of removed processes are remembered so long as no more than these were removed since.
    private static let rememberedMax = 1 << 16
    private static let brokenMax = 1 << 14

    let database: Database

    init(_ database: Database) {
        self.database = database
    }

    // MARK: - What is there

    /// Every process, in the order in which they may go: the longest without news first, and a forked child
    /// before what it was forked from.
    func processes() throws -> [PrunableProcess] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                WITH reach AS (
                    SELECT
                        process.id,
                        COALESCE(
                            (SELECT MAX(seq) FROM event WHERE event.process_id = process.id), 0
                        ) AS last_seq
                    FROM process
                )
                SELECT
                    process.id,
                    process.stream,
                    process.pid,
                    process.parent_id,
                    process.executable,
                    process.started_unix_ns,
                    (
                        SELECT MAX(process_end.ended_unix_ns) FROM process_end
                        WHERE process_end.process_id = process.id
                    ) AS ended_unix_ns,
                    last.time_ns,
                    process.started_ns,
                    reach.last_seq,
                    COALESCE(pruned.last_seq, 0) AS pruned_seq
                FROM process
                JOIN reach ON reach.id = process.id
                LEFT JOIN event AS last ON last.process_id = process.id
                    AND last.seq = reach.last_seq
                LEFT JOIN pruned ON pruned.process_id = process.id
                """)
        var processes: [PrunableProcess] = []
        while let row = try rows.next() { processes.append(Self.process(row)) }
        return Self.ordered(processes)
    }

    private static func process(_ row: Row) -> PrunableProcess {
        let ended: Int64? = row[6]
        let started: Int64? = row[5]
        var last = ended
        if last == nil, let started, let time = row[7] as Int64?, let from = row[8] as Int64? {
            last = started &+ (time &- from)
        }
        return PrunableProcess(
            id: row[0], stream: UInt64(bitPattern: row[1]), pid: row[2], parent: row[3],
            executable: row[4], startedUnixNs: started, lastUnixNs: last ?? started,
            hasEnded: ended != nil, lastSeq: row[9], prunedSeq: row[10])
    }

    private static func ordered(_ processes: [PrunableProcess]) -> [PrunableProcess] {
        var newest: [Int64: Int64] = [:]
        var depths: [Int64: Int] = [:]
        let parents = Dictionary(uniqueKeysWithValues: processes.map { ($0.id, $0.parent) })
        for process in processes {
            let last = process.lastUnixNs ?? 0
            var id = process.id
            var depth = 0
            newest[id] = max(newest[id] ?? last, last)
            // A parent is as new as its newest child.
            while let parent = parents[id] ?? nil, parents[parent] != nil, depth < 1000 {
                depth += 1
                newest[parent] = max(newest[parent] ?? last, last)
                id = parent
            }
            depths[process.id] = depth
        }
        return processes.sorted {
            let (first, second) = (newest[$0.id] ?? 0, newest[$1.id] ?? 0)
            if first != second { return first < second }
            let (depth, other) = (depths[$0.id] ?? 0, depths[$1.id] ?? 0)
            return depth != other ? depth > other : $0.id < $1.id
        }
    }

    /// Those of `chosen` that can go without others: none that they were forked from stays behind a child.
    static func closed(_ chosen: [PrunableProcess], in all: [PrunableProcess]) -> [PrunableProcess]
    {
        let parents = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.parent) })
        let ids = Set(chosen.map(\.id))
        var needed: Set<Int64> = []
        for process in all where !ids.contains(process.id) {
            var next = process.parent
            while let parent = next, needed.insert(parent).inserted {
                next = parents[parent] ?? nil
            }
        }
        return chosen.filter { !needed.contains($0.id) }
    }

    // MARK: - Removing

    /// One transaction.
    private func step<Value>(_ body: () throws -> Value) throws -> Value {
        var result: Value?
        try database.inTransaction(.immediate) {
            result = try body()
            return .commit
        }
        guard let result else { throw DatabaseError(message: "a transaction had no result") }
        return result
    }

    /// Removes what is chosen of all processes, as far as nothing that stays was forked from it, and what
    /// only they used.
    ///
    /// - Returns: what was removed.
    func remove(
        _ choose: ([PrunableProcess]) throws -> [PrunableProcess]
    ) throws -> [PrunableProcess] {
        try step {
            let all = try processes()
            let chosen = Self.closed(try choose(all), in: all)
            guard !chosen.isEmpty else { return [] }
            try delete(chosen)
            try OrphanSweep(database).run()
            return chosen
        }
    }

    private func delete(_ processes: [PrunableProcess]) throws {
        let statements = try [
            "DELETE FROM fault WHERE process_id = ?",
            "DELETE FROM left_behind WHERE process_id = ?",
            "DELETE FROM event WHERE process_id = ?",
            "DELETE FROM gap WHERE process_id = ?",
            "DELETE FROM process_end WHERE process_id = ?",
            "DELETE FROM pruned WHERE process_id = ?",
            "DELETE FROM process WHERE id = ?",
        ].map { try FactStatement(database, $0) }
        let remember = try FactStatement(
            database,
            "INSERT OR REPLACE INTO pruned (stream, process_id, last_seq) VALUES (?, NULL, ?)")
        for process in processes {
            for statement in statements {
                statement.bind(1, process.id)
                try statement.run()
            }
            remember.bind(1, process.stream)
            remember.bind(2, process.lastSeq)
            try remember.run()
        }
        // The second is for what a forged record may have named.
        try database.execute(
            sql: """
                DELETE FROM broken_input
                WHERE stream IN (SELECT stream FROM pruned WHERE process_id IS NULL);
                UPDATE left_behind SET registered_process_id = NULL, registered_seq = NULL
                WHERE registered_process_id NOT IN (SELECT id FROM process);
                DELETE FROM pruned
                WHERE process_id IS NULL
                    AND id <= (SELECT MAX(id) FROM pruned) - \(Self.rememberedMax);
                """)
    }

    /// Removes the events of a process up to `through`, but for those that later ones need.
    ///
    /// - Returns: up to where: a little further, if a call is under way there.
    @discardableResult
    func trim(_ process: PrunableProcess, through wanted: Int64) throws -> Int64 {
        try step {
            let forks = try Int64.fetchAll(
                database,
                sql: "SELECT COALESCE(parent_seq, 0) FROM process WHERE parent_id = ?",
                arguments: [process.id])
            var needed = try NeededEvents(database)
            let (seqs, through) = try needed.seqs(
                process: process.id, through: wanted,
                atMost: min(wanted + Self.callMax, max(wanted, process.lastSeq)),
                isForked: process.parent != nil, forks: forks)
            let delete = try FactStatement(
                database, "DELETE FROM event WHERE process_id = ? AND seq > ? AND seq < ?")
            delete.bind(1, process.id)
            var before: Int64 = 0
            for seq in seqs + [through + 1] {
                if seq > before + 1 {
                    delete.bind(2, before)
                    delete.bind(3, seq)
                    try delete.run()
                }
                before = seq
            }
            for table in ["fault", "left_behind"] {
                try database.cachedStatement(
                    sql: """
                        DELETE FROM \(table)
                        WHERE process_id = ?1
                            AND seq <= ?2
                            AND NOT EXISTS (
                                SELECT 1 FROM event
                                WHERE event.process_id = ?1 AND event.seq = \(table).seq
                            )
                        """
                ).execute(arguments: [process.id, through])
            }
            try database.cachedStatement(
                sql: """
                    INSERT INTO pruned (stream, process_id, last_seq) VALUES (?1, ?2, ?3)
                    ON CONFLICT (stream) DO UPDATE SET last_seq = MAX(last_seq, ?3)
                    """
            ).execute(
                arguments: [Int64(bitPattern: process.stream), process.id, through])
            return through
        }
    }

    func sweep() throws {
        try step {
            try database.execute(
                sql: """
                    DELETE FROM broken_input
                    WHERE id <= (SELECT MAX(id) FROM broken_input) - \(Self.brokenMax)
                    """)
            try OrphanSweep(database).run()
        }
    }

    // MARK: - Size

    /// Removes the oldest processes that are gone, then the oldest events of those that have most, until no
    /// more than `target` bytes of the file hold something, or nothing can be removed any more.
    func fit(into target: UInt64, isAlive: Liveness, _ result: inout PruneResult) throws {
        var used = try usedBytes()
        while used > target {
            let removed = try remove { all in
                let gone = Self.closed(all.filter { $0.hasEnded || !isAlive($0) }, in: all)
                return Self.share(of: gone, in: all, used: used, target: target)
            }
            guard !removed.isEmpty else { break }
            result.removed += removed
            used = try usedBytes()
        }
        guard used > target else { return }
        var all = try processes()
        while used > target, try trimShare(of: &all, used: used, target: target, &result) {
            // The stacks and libraries of the events that went take space, too.
            try sweep()
            used = try usedBytes()
        }
    }

    /// Removes about as many events as are too many.
    ///
    /// - Returns: false where there was nothing to remove.
    private func trimShare(
        of all: inout [PrunableProcess], used: UInt64, target: UInt64, _ result: inout PruneResult
    ) throws -> Bool {
        let total = all.reduce(0) { $0 + $1.events }
        var excess = Int64(Double(total) * Double(used - target) / Double(used)) + 1
        var isDone = false
        while excess > 0, let index = all.indices.max(by: { all[$0].events < all[$1].events }),
            all[index].events >= Self.trimMin
        {
            let process = all[index]
            let count = min(process.events / 2, Self.trimMax, excess)
            let through = try trim(process, through: process.prunedSeq + count)
            all[index] = process.pruned(through: through)
            result.note(process, trimmedThrough: through)
            excess -= count
            isDone = true
        }
        return isDone
    }

    /// The first so many that about enough is freed by them.
    static func share(
        of candidates: [PrunableProcess], in all: [PrunableProcess], used: UInt64, target: UInt64
    ) -> [PrunableProcess] {
        func weight(_ process: PrunableProcess) -> Double { Double(process.events + overhead) }
        let total = all.reduce(0) { $0 + weight($1) }
        var missing = total * Double(used - min(used, target)) / Double(max(1, used))
        var share: [PrunableProcess] = []
        for candidate in candidates {
            guard missing > 0 else { break }
            missing -= weight(candidate)
            share.append(candidate)
        }
        return share
    }

    /// About how many bytes of the used ones some of all processes take.
    static func bytes(
        of processes: [PrunableProcess], in all: [PrunableProcess], used: UInt64
    ) -> UInt64 {
        let total = all.reduce(0) { $0 + $1.events + overhead }
        let part = processes.reduce(0) { $0 + $1.events + overhead }
        return UInt64(Double(used) * Double(part) / Double(max(1, total)))
    }
}
