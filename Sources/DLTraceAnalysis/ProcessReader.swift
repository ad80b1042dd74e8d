// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the view process_summary, which is slow only where one asks how complete a trace is.
enum ProcessReader {
    /// Every process of the view, in the order in which they started: of the database, or, once the views are
    /// frozen, those that were chosen.
    static func all(_ database: Database) throws -> [TracedProcess] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT
                    \(imageColumns), is_complete, lost_records, broken_inputs, pruned_seq,
                    unseen_callers, silent_children, hello_flags
                FROM process_summary
                ORDER BY started_unix_ns IS NULL, started_unix_ns, process_id
                """)
        var processes: [TracedProcess] = []
        while let row = try rows.next() {
            processes.append(process(row))
        }
        return processes
    }

    /// Every process image of the database, or those of some numbers, in the same order, without what takes a
    /// look at each event.
    static func images(
        _ database: Database, only ids: [Int64]? = nil
    ) throws -> [ProcessImage] {
        let filter = ids.map { ids in
            "WHERE process_id IN (\(ids.map(String.init).joined(separator: ", ")))"
        }
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT \(imageColumns)
                FROM process_summary
                \(filter ?? "")
                ORDER BY started_unix_ns IS NULL, started_unix_ns, process_id
                """)
        var images: [ProcessImage] = []
        while let row = try rows.next() { images.append(image(row)) }
        return images
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

    /// What `image` reads, by number: there may be ten thousand rows.
    private static let imageColumns = """
        process_id, pid, ppid, parent_id, executable, arguments, started_unix_ns, started_ns,
        ended_unix_ns, ending, status, signal, core_dumped
        """

    private static func image(_ row: Row) -> ProcessImage {
        let ending: ProcessEnding =
            switch row[9] as String {
            case "exited": .exited(status: row[10])
            case "killed": .killed(signal: row[11])
            case "exec": .exec
            case "gone": .gone
            default: .running
            }
        return ProcessImage(
            id: row[0],
            pid: row[1],
            ppid: row[2],
            parent: row[3],
            executable: row[4],
            argumentList: row[5],
            startedUnixNs: row[6],
            startedNs: row[7],
            endedUnixNs: row[8],
            ending: ending,
            coreDumped: row[12])
    }
}
