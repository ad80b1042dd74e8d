// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

extension SymbolStore {
    /// The places to look up, a task for each file.
    func tasks(debugFolders: [String]) throws(SymbolError) -> [SymbolTask] {
        try Self.naming(path) {
            try database.read { db in
                var tasks: [Int64: SymbolTask] = [:]
                for (binaryID, address) in try Self.missingPlaces(db) {
                    if tasks[binaryID] == nil {
                        tasks[binaryID] = try Self.task(db, binaryID, debugFolders)
                    }
                    tasks[binaryID]?.addresses.append(address)
                }
                for binaryID in try Self.changedBinaries(db, debugFolders) {
                    let found = try tasks[binaryID] ?? Self.task(db, binaryID, debugFolders)
                    guard var task = found else { continue }
                    task.addresses += try Self.poorPlaces(
                        db, binaryID, everything: task.isAmbiguous)
                    tasks[binaryID] = task.addresses.isEmpty ? nil : task
                }
                return tasks.values.sorted { $0.binaryID < $1.binaryID }
            }
        }
    }

    /// The task of some places of one file; nil where the database does not know it.
    func task(
        binaryID: Int64, addresses: [SymbolAddress], debugFolders: [String]
    ) throws(SymbolError) -> SymbolTask? {
        try Self.naming(path) {
            try database.read { db in
                var task = try Self.task(db, binaryID, debugFolders)
                task?.addresses = addresses
                return task
            }
        }
    }

    /// Whether a file was looked up before with other contents than now.
    func isOutdated(_ task: SymbolTask) throws(SymbolError) -> Bool {
        try Self.naming(path) {
            try database.read { db in
                let evidence = try String.fetchOne(
                    db, sql: "SELECT evidence FROM symbol_lookup WHERE binary_id = ?",
                    arguments: [task.binaryID])
                return evidence != nil && evidence != task.evidence.description
            }
        }
    }

    /// The places of frames and functions, for which all events are gone through.
    private static let allPlaces = """
        SELECT l.binary_id, f.address - l.base_address AS file_address, f.is_exact
          FROM frame f
          JOIN library l ON l.id = f.library_id
         UNION
        SELECT l.binary_id, e.address - l.base_address, 1
          FROM event e
          JOIN library l ON l.id = e.library_id
         WHERE e.kind IN (
                   'fini_function', 'exit_handler', 'thread_destructor', 'fork_handler',
                   'tls_key_create', 'signal_handler', 'cxa_atexit', 'on_exit', 'putenv', 'atfork',
                   'thread_local', 'thread', 'thread_start'
               )
        """

    /// The same where somebody has gone through them.
    private static let digestedPlaces = """
        SELECT binary_id, file_address, is_exact
          FROM digest_place
        """

    private static func missingPlaces(_ db: Database) throws -> [(Int64, SymbolAddress)] {
        // In the order of the joins, since SQLite would begin with what there is most of. Addresses come
        // from the wire: a difference that overflows is a real number, no place.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                WITH RECURSIVE
                -- Where no library lay, or none that counts: an unloaded one did before.
                stray AS (
                    SELECT process_id, address, is_exact
                      FROM frame
                     WHERE library_id IS NULL
                     UNION
                    SELECT process_id, pc, 1
                      FROM fault
                     UNION
                    SELECT process_id, address, 1
                      FROM fault
                     WHERE code > 0
                ),
                -- A forked child has its parents' libraries.
                lineage (process_id, ancestor_id) AS (
                    SELECT process_id, process_id
                      FROM stray
                     UNION
                    SELECT l.process_id, p.parent_id
                      FROM lineage l
                      JOIN process p ON p.id = l.ancestor_id
                     WHERE p.parent_id IS NOT NULL
                ),
                place AS (
                    \(try DigestMaker.isComplete(in: db) ? digestedPlaces : allPlaces)
                     UNION
                    SELECT l.binary_id, e.address - l.base_address, b.type <> 'thread_stack'
                      FROM left_behind b
                     CROSS JOIN event e ON e.process_id = b.process_id AND e.seq = b.seq
                     CROSS JOIN library l ON l.id = e.library_id
                     UNION
                    SELECT l.binary_id, b.holder_address - l.base_address, 1
                      FROM left_behind b
                     CROSS JOIN library l ON l.id = b.holder_library_id
                     UNION
                    SELECT l.binary_id, s.address - l.base_address, s.is_exact
                      FROM stray s
                     CROSS JOIN lineage n ON n.process_id = s.process_id
                     CROSS JOIN library l ON l.process_id = n.ancestor_id
                     WHERE s.address - 1 + s.is_exact >= l.start_address
                       AND s.address - 1 + s.is_exact < l.end_address
                )
                SELECT binary_id, file_address, is_exact
                  FROM place p
                 WHERE typeof(file_address) = 'integer'
                   AND NOT EXISTS (
                           SELECT 1
                             FROM symbol s
                            WHERE s.binary_id = p.binary_id
                              AND s.file_address = p.file_address
                              AND s.is_exact = p.is_exact
                       )
                 ORDER BY binary_id, file_address, is_exact
                """)
        var places: [(Int64, SymbolAddress)] = []
        while let row = try rows.next() { places.append((row[0], address(row, first: 1))) }
        return places
    }

    /// The places of a file that were looked up and have no name or no line, or all of them.
    private static func poorPlaces(
        _ db: Database, _ binaryID: Int64, everything: Bool
    ) throws -> [SymbolAddress] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT file_address, is_exact
                  FROM symbol
                 WHERE binary_id = ?1
                   AND inline_depth = 0
                   AND (?2 OR name IS NULL OR source_file IS NULL)
                """, arguments: [binaryID, everything])
        return rows.map { address($0, first: 0) }
    }

    private static func address(_ row: Row, first: Int) -> SymbolAddress {
        SymbolAddress(
            fileAddress: UInt64(bitPattern: row[first]), isExact: row[first + 1] as Int64 != 0)
    }

    /// The files that are not now as they were when they were looked up.
    private static func changedBinaries(
        _ db: Database, _ debugFolders: [String]
    ) throws -> [Int64] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT b.id, b.path, b.build_id, l.evidence
                  FROM symbol_lookup l
                  JOIN binary b ON b.id = l.binary_id
                 ORDER BY b.id
                """)
        return rows.compactMap { row in
            let evidence = SymbolEvidence(
                path: row[1], buildID: row[2], debugFolders: debugFolders)
            return evidence.description == row[3] as String ? nil : row[0]
        }
    }

    private static func task(
        _ db: Database, _ binaryID: Int64, _ debugFolders: [String]
    ) throws -> SymbolTask? {
        let row = try Row.fetchOne(
            db, sql: "SELECT path, build_id FROM binary WHERE id = ?", arguments: [binaryID])
        guard let row else { return nil }
        let path: String = row[0]
        let buildID: String = row[1]
        var task = SymbolTask(
            binaryID: binaryID, path: path, buildID: buildID,
            evidence: SymbolEvidence(path: path, buildID: buildID, debugFolders: debugFolders))
        if buildID.isEmpty {
            task.loadedUnixNs = try loadTimes(db, binaryID)
        } else {
            task.otherPaths = try String.fetchAll(
                db, sql: "SELECT path FROM binary WHERE build_id = ? AND id <> ? LIMIT 16",
                arguments: [buildID, binaryID])
        }
        return task
    }

    private static func loadTimes(
        _ db: Database, _ binaryID: Int64
    ) throws -> ClosedRange<Int64>? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT min(p.started_unix_ns + (e.time_ns - p.started_ns)),
                       max(p.started_unix_ns + (e.time_ns - p.started_ns))
                  FROM library l
                  JOIN process p ON p.id = l.process_id
                  JOIN event e ON e.process_id = l.process_id AND e.library_id = l.id
                 WHERE l.binary_id = ?
                   AND e.kind IN ('load', 'present')
                """, arguments: [binaryID])
        guard let row, let first = Int64.fromDatabaseValue(row[0]),
            let last = Int64.fromDatabaseValue(row[1]), first <= last
        else { return nil }
        return first...last
    }
}
