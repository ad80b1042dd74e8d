// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the view time_line.
struct TimeLineReader {
    let database: Database
    let filter: TimeLineFilter

    /// Hands on the events of a process in their order; returns how many.
    func read(
        _ process: ProcessImage, limit: Int?, _ body: (TimeLineEntry) throws -> Void
    ) throws -> Int {
        var sql = "SELECT * FROM time_line WHERE process_id = ?"
        var arguments: StatementArguments = [process.id]
        if !filter.kinds.isEmpty {
            sql += " AND kind IN (" + filter.kinds.map { _ in "?" }.joined(separator: ", ") + ")"
            arguments += StatementArguments(filter.kinds)
        }
        if let library = filter.library {
            sql += " AND (instr(path, ?) OR instr(name, ?))"
            arguments += [library, library]
        }
        if let thread = filter.thread {
            sql += " AND thread = ?"
            arguments += [thread]
        }
        sql += " ORDER BY seq"
        if let limit {
            sql += " LIMIT ?"
            arguments += [limit]
        }
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        var count = 0
        while let row = try rows.next() {
            try body(entry(row, pid: process.pid))
            count += 1
        }
        return count
    }

    private func entry(_ row: Row, pid: Int64) -> TimeLineEntry {
        TimeLineEntry(
            process: row["process_id"],
            pid: pid,
            event: row["seq"],
            timeNs: row["time_ns"],
            sinceStartNs: row["since_start_ns"],
            thread: row["thread"],
            kind: row["kind"],
            phase: row["phase"],
            parent: row["parent_seq"],
            depth: row["depth"],
            library: library(row),
            name: row["name"],
            flags: row["flags_text"],
            address: row["address"],
            value: row["value"],
            detail: row["detail"],
            symbol: row["symbol"],
            file: row["file"],
            line: row["line"],
            ended: row["end_seq"],
            durationNs: row["duration_ns"],
            result: row["result"],
            error: row["error"],
            left: left(row),
            holder: row["other_path"])
    }

    private func left(_ row: Row) -> LeftReference? {
        guard let type = row["left_type"] as String? else { return nil }
        return LeftReference(
            type: type,
            registeredProcess: row["registered_process_id"],
            registeredEvent: row["registered_seq"],
            holderAddress: row["holder_address"])
    }

    private func library(_ row: Row) -> EventLibrary? {
        guard let path = row["path"] as String? else { return nil }
        return EventLibrary(
            path: path,
            buildID: row["build_id"],
            soname: row["soname"],
            generation: row["generation"],
            baseAddress: StackReader.unsigned(row["base_address"]),
            startAddress: StackReader.unsigned(row["start_address"]),
            endAddress: StackReader.unsigned(row["end_address"]),
            namespace: row["namespace"],
            isAtStart: row["at_start"])
    }
}
