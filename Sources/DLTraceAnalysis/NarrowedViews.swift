// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

/// Puts tables in the place of the views that rules lean on, as FrozenViews does, but of what a digest says
/// is worth a look: so that a report of a long trace takes no longer than what is odd in it.
///
/// The rules that are built in find the same in it as in the whole. What they show beside it, such as the
/// libraries on a stack, comes in as it is asked for.
struct NarrowedViews {
    /// So many libraries that lay at an address are looked at, the newest.
    private static let mostAtPlace = 9

    private let database: Database
    private let lens: LibraryLens
    private let addresses: AddressReader
    private let images: [Int64: ProcessImage]

    /// Narrows the views to the processes of these numbers, which are among these images.
    ///
    /// - Returns: nil where the database has no indexes, since somebody records into it; nothing was done.
    init?(_ database: Database, processes: [Int64], among images: [ProcessImage]) throws {
        guard try IndexedViews.areThere(in: database) else { return nil }
        self.database = database
        self.images = Dictionary(images.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        lens = try LibraryLens(database)
        addresses = try AddressReader(database, lens: lens)
        for process in processes { try lens.add(process: process) }
        try FrozenViews.freeze(
            FrozenViews.View(name: "process_line", indexes: ["process_id", "member_id"]),
            in: database)
        try DigestMaker.copy(
            processes: Int64.fetchAll(database, sql: "SELECT DISTINCT member_id FROM process_line"),
            in: database)
        try lens.addDigest()
        try addFaults(of: processes)
        try FrozenViews.keep("library_life", in: database)
        try FrozenViews.freeze(FrozenViews.libraryLife, in: database)
        try FrozenViews.freeze(
            FrozenViews.View(name: "library_churn", indexes: ["process_id, path"]),
            as: Self.churn, in: database)
        try FrozenViews.freeze(
            FrozenViews.View(name: "unseen_caller", indexes: ["process_id"]),
            as: "SELECT process_id, unseen_callers FROM temp.digest_process", in: database)
        try FrozenViews.freeze(
            FrozenViews.View(name: "rare_event", indexes: ["process_id, kind"]),
            as: Self.rare, in: database)
        try freezeThreads()
        for view in FrozenViews.upper { try FrozenViews.freeze(view, in: database) }
    }

    private static let churn = """
        SELECT
            digest_churn.process_id, digest_churn.binary_id, binary.path,
            replace(binary.path, rtrim(binary.path, replace(binary.path, '/', '')), ''),
            digest_churn.namespace, digest_churn.caller_library_id,
            NULLIF(digest_churn.stack_id, 0), digest_churn.loads, digest_churn.unloads,
            digest_churn.spent_ns, digest_churn.first_seq, digest_churn.close_seq
        FROM selected_process
        CROSS JOIN temp.digest_churn ON digest_churn.process_id = selected_process.process_id
        CROSS JOIN binary ON binary.id = digest_churn.binary_id
        """

    private static let rare = """
        SELECT rare_event.*
        FROM temp.digest_process
        CROSS JOIN rare_event ON rare_event.process_id = digest_process.process_id
        WHERE digest_process.has_rare
        """

    /// The threads that something was left of.
    private func freezeThreads() throws {
        let threads = try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT left_behind.registered_process_id, left_behind.registered_seq
                FROM selected_process
                CROSS JOIN left_behind ON left_behind.process_id = selected_process.process_id
                WHERE left_behind.type IN ('thread', 'thread_stack')
                    AND left_behind.registered_seq IS NOT NULL
                """)
        try database.execute(
            sql: """
                CREATE TEMP TABLE wanted_thread AS SELECT * FROM thread_life WHERE FALSE
                """)
        let insert = try database.makeStatement(
            sql: """
                INSERT INTO wanted_thread
                SELECT * FROM thread_life WHERE process_id = ? AND create_seq = ?
                """)
        for thread in threads {
            try insert.execute(arguments: [thread[0] as Int64?, thread[1] as Int64?])
        }
        try FrozenViews.freeze(
            FrozenViews.View(name: "thread_life", indexes: ["process_id, create_seq"]),
            as: "SELECT * FROM wanted_thread", in: database)
    }

    // MARK: - What a digest can't know

    /// Adds what lay where a fatal signal came.
    private func addFaults(of processes: [Int64]) throws {
        let faults = try Row.fetchAll(
            database,
            sql: """
                SELECT fault.process_id, fault.seq, fault.pc, fault.address
                FROM selected_process
                CROSS JOIN fault ON fault.process_id = selected_process.process_id
                """)
        for fault in faults {
            let process: Int64 = fault["process_id"]
            let seq: Int64 = fault["seq"]
            guard let image = images[process] else { continue }
            try lens.add(stackOf: seq, in: process)
            var places: Set<Int64> = [fault["pc"], fault["address"]]
            for frame in try EnclosingFrame.all(of: seq, in: process, database) {
                places.insert(frame.address &- (frame.isExact ? 0 : 1))
            }
            for place in places.sorted() {
                for library in try addresses.libraries(
                    at: UInt64(bitPattern: place), of: image, by: seq, limit: Self.mostAtPlace
                ).libraries {
                    try add(callsOf: library.id, in: process)
                }
            }
        }
    }

    /// Who opened and closed a library that a digest leaves out.
    private func add(callsOf library: Int64, in process: Int64) throws {
        let isKnown = try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM temp.digest_library WHERE process_id = ? AND library_id = ?
                    )
                    """), arguments: [process, library])
        guard isKnown != true else { return }
        try lens.add(callsOf: library, in: process)
        let span = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT loaded_parent_seq, unloaded_parent_seq
                    FROM lens_library_span
                    WHERE process_id = ? AND library_id = ?
                    """), arguments: [process, library])
        for call in [span?[0] as Int64?, span?[1] as Int64?].compactMap(\.self) {
            try lens.add(call: call, of: process)
        }
        for call in try Row.fetchAll(
            database,
            sql: """
                SELECT DISTINCT caller_library_id FROM lens_loader_call
                WHERE process_id = ? AND library_id = ?
                """, arguments: [process, library])
        {
            try lens.add(library: call[0], of: process)
        }
    }

    // MARK: - Evidence

    /// Adds the libraries on the stack of an event to the frozen library_life, and what lay at those of its
    /// addresses where nothing lies any more.
    func show(stackOf event: Int64, in process: Int64) throws {
        for place in try missing(from: event, in: process) {
            guard let library = place.library else {
                guard let image = images[process], let hole = place.address else { continue }
                let gone = try addresses.libraries(
                    at: UInt64(bitPattern: hole), of: image, by: event, limit: 1)
                for library in gone.libraries { try show(library: library.id, in: process) }
                continue
            }
            try show(library: library, in: process)
        }
    }

    /// The library of an event and those on its stack that the frozen library_life has not, and the
    /// addresses on it where nothing lies.
    private func missing(
        from event: Int64, in process: Int64
    ) throws -> [(library: Int64?, address: Int64?)] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    WITH RECURSIVE \(EnclosingFrame.up),
                    place (library_id, address) AS (
                        SELECT library_id, NULL
                        FROM event
                        WHERE process_id = ?1 AND seq = ?2 AND library_id IS NOT NULL
                        UNION ALL
                        SELECT frame.library_id, frame.address
                        FROM up
                        CROSS JOIN stack_frame ON stack_frame.stack_id = up.stack_id
                        CROSS JOIN frame ON frame.id = stack_frame.frame_id
                    )
                    SELECT DISTINCT
                        library_id, CASE WHEN library_id IS NULL THEN address END
                    FROM place
                    WHERE NOT EXISTS (
                        SELECT 1
                        FROM frozen_library_life
                        WHERE frozen_library_life.process_id = ?1
                            AND frozen_library_life.library_id = place.library_id
                    )
                    """), arguments: [process, event]
        ).map { ($0[0], $0[1]) }
    }

    /// Adds a library to the frozen library_life, if it is not there.
    private func show(library: Int64, in process: Int64) throws {
        try lens.add(process: process)
        try lens.add(library: library, of: process)
        try database.cachedStatement(
            sql: """
                INSERT INTO frozen_library_life
                SELECT * FROM every_library_life
                WHERE process_id = ?1 AND library_id = ?2
                    AND NOT EXISTS (
                        SELECT 1 FROM frozen_library_life WHERE process_id = ?1 AND library_id = ?2
                    )
                """
        ).execute(arguments: [process, library])
    }
}
