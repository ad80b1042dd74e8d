// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the view library_life for single libraries, which must be under a lens.
enum PlacedLibraryReader {
    /// A library of a process; nil where the process never had it.
    ///
    /// Times are counted from `startedNs`.
    static func library(
        _ id: Int64, of process: Int64, since startedNs: Int64?, in database: Database
    ) throws -> PlacedLibrary? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT
                    library_life.process_id, library_life.library_id, binary_id, path, soname, build_id, generation, base_address,
                    start_address, end_address, namespace, at_start, is_inherited,
                    loaded_process_id, loaded_seq, loaded_ns, loaded_by_seq, opener.kind AS opener,
                    fini_seq, fini_phase, finalized_seq, fini.time_ns AS fini_ns,
                    fini_by_seq, finisher.kind AS finisher,
                    unloaded_seq, unloaded_ns, unloaded_by_seq, unloaded_by_kind
                FROM library_life
                LEFT JOIN event AS opener ON opener.process_id = loaded_process_id
                    AND opener.seq = loaded_by_seq
                LEFT JOIN event AS fini ON fini.process_id = library_life.process_id
                    AND fini.seq = COALESCE(finalized_seq, fini_seq)
                LEFT JOIN event AS finisher ON finisher.process_id = library_life.process_id
                    AND finisher.seq = fini_by_seq
                WHERE library_life.process_id = ? AND library_life.library_id = ?
                """)
        return try Row.fetchOne(statement, arguments: [process, id]).map {
            library($0, since: startedNs)
        }
    }

    private static func library(_ row: Row, since startedNs: Int64?) -> PlacedLibrary {
        func sinceStart(_ column: String) -> Int64? {
            guard let startedNs else { return nil }
            return (row[column] as Int64?).map { $0 &- startedNs }
        }
        func moment(_ event: String, _ time: String, _ cause: String, _ kind: String)
            -> PlacedLibrary.Moment?
        {
            (row[event] as Int64?).map {
                PlacedLibrary.Moment(
                    event: $0, sinceStartNs: sinceStart(time), cause: row[cause],
                    causeKind: row[kind])
            }
        }
        return PlacedLibrary(
            process: row["process_id"],
            id: row["library_id"],
            binary: row["binary_id"],
            path: row["path"],
            soname: row["soname"],
            buildID: row["build_id"],
            generation: row["generation"],
            base: StackReader.unsigned(row["base_address"]),
            start: StackReader.unsigned(row["start_address"]),
            end: StackReader.unsigned(row["end_address"]),
            namespace: row["namespace"],
            isAtStart: row["at_start"],
            inheritedFrom: row["is_inherited"] ? row["loaded_process_id"] : nil,
            loaded: PlacedLibrary.Moment(
                event: row["loaded_seq"], sinceStartNs: sinceStart("loaded_ns"),
                cause: row["loaded_by_seq"], causeKind: row["opener"]),
            finalized: moment("finalized_seq", "fini_ns", "fini_by_seq", "finisher"),
            finalizingPhase: row["fini_phase"],
            unloaded: moment(
                "unloaded_seq", "unloaded_ns", "unloaded_by_seq", "unloaded_by_kind"))
    }
}
