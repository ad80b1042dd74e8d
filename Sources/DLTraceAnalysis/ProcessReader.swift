// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import GRDB

/// Reads the view process_summary.
enum ProcessReader {
    /// Every process of the database, in the order in which they started.
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

    private static func process(_ row: Row) -> TracedProcess {
        let ending: ProcessEnding =
            switch row["ending"] as String {
            case "exited": .exited(status: row["status"])
            case "killed": .killed(signal: row["signal"])
            case "exec": .exec
            case "gone": .gone
            default: .running
            }
        return TracedProcess(
            id: row["process_id"],
            pid: row["pid"],
            ppid: row["ppid"],
            parent: row["parent_id"],
            executable: row["executable"],
            arguments: arguments(row["arguments"]),
            startedUnixNs: row["started_unix_ns"],
            endedUnixNs: row["ended_unix_ns"],
            ending: ending,
            coreDumped: row["core_dumped"],
            isComplete: row["is_complete"],
            lostRecords: row["lost_records"],
            brokenInputs: row["broken_inputs"],
            unseenCallers: row["unseen_callers"],
            modes: TracerMode.modes(of: row["hello_flags"]))
    }

    private static func arguments(_ json: String?) -> [String] {
        guard let json else { return [] }
        return (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
    }
}
