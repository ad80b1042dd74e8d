// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

/// Reads the view process_summary, which is slow only where one asks how complete a trace is.
enum ProcessReader {
    /// Every process of the view, in the order in which they started: of the database, or, once the views are
    /// frozen, those that were chosen.
    static func all(_ database: Database) throws -> [TracedProcess] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT *
                FROM process_summary
                ORDER BY started_unix_ns IS NULL, started_unix_ns, process_id
                """)
        var processes: [TracedProcess] = []
        while let row = try rows.next() {
            processes.append(process(row))
        }
        return processes
    }

    /// Every process image of the database, in the same order, without what takes a look at each event.
    static func images(_ database: Database) throws -> [ProcessImage] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT
                    process_id, pid, ppid, parent_id, executable, arguments, started_unix_ns,
                    started_ns, ended_unix_ns, ending, status, signal, core_dumped
                FROM process_summary
                ORDER BY started_unix_ns IS NULL, started_unix_ns, process_id
                """
        ).map(image)
    }

    private static func process(_ row: Row) -> TracedProcess {
        TracedProcess(
            image: image(row),
            isComplete: row["is_complete"],
            lostRecords: row["lost_records"],
            brokenInputs: row["broken_inputs"],
            prunedSeq: row["pruned_seq"],
            unseenCallers: row["unseen_callers"],
            silentChildren: row["silent_children"],
            modes: TracerMode.modes(of: row["hello_flags"]))
    }

    private static func image(_ row: Row) -> ProcessImage {
        let ending: ProcessEnding =
            switch row["ending"] as String {
            case "exited": .exited(status: row["status"])
            case "killed": .killed(signal: row["signal"])
            case "exec": .exec
            case "gone": .gone
            default: .running
            }
        return ProcessImage(
            id: row["process_id"],
            pid: row["pid"],
            ppid: row["ppid"],
            parent: row["parent_id"],
            executable: row["executable"],
            arguments: arguments(row["arguments"]),
            startedUnixNs: row["started_unix_ns"],
            startedNs: row["started_ns"],
            endedUnixNs: row["ended_unix_ns"],
            ending: ending,
            coreDumped: row["core_dumped"])
    }

    private static func arguments(_ json: String?) -> [String] {
        guard let json else { return [] }
        return (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }
}
