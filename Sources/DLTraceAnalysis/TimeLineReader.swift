// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the view time_line.
struct TimeLineReader {
    /// Fewer events than these are found through an index; of more the first ones come soon anyway.
    private static let fewEvents = 10_000

    let database: Database
    let filter: TimeLineFilter
    private let hasIndexes: Bool

    /// A reader of what a filter lets through.
    init(database: Database, filter: TimeLineFilter) throws {
        self.database = database
        self.filter = filter
        hasIndexes = try IndexedViews.install(in: database)
    }

    /// Hands on the events of a process in their order; returns how many.
    func read(
        _ process: ProcessImage, limit: Int?, _ body: (TimeLineEntry) throws -> Void
    ) throws -> Int {
        guard let events = try fewEvents(of: process) else {
            return try read(process, event: nil, limit: limit, body)
        }
        var count = 0
        for event in events {
            guard count < limit ?? .max else { break }
            count += try read(process, event: event, limit: nil, body)
        }
        return count
    }

    /// The events that may be let through, in order; nil where these are many, or there is no index.
    private func fewEvents(of process: ProcessImage) throws -> [Int64]? {
        guard hasIndexes else { return nil }
        let sql: String
        var arguments: StatementArguments = [process.id]
        if let library = filter.library {
            sql = """
                SELECT CASE event.kind WHEN 'end' THEN event.parent_seq ELSE event.seq END AS seq
                FROM binary
                CROSS JOIN library ON library.binary_id = binary.id
                CROSS JOIN event INDEXED BY event_library ON event.library_id = library.id
                WHERE event.process_id = ?1 AND instr(binary.path, ?2)
                UNION ALL
                SELECT event.seq
                FROM text
                CROSS JOIN event INDEXED BY event_text ON event.text_id = text.id
                WHERE event.process_id = ?1 AND instr(text.value, ?2) AND event.kind <> 'end'
                LIMIT ?3
                """
            arguments += [library]
        } else if let thread = filter.thread {
            sql = """
                SELECT seq
                FROM event INDEXED BY event_thread
                WHERE process_id = ?1 AND thread = ?2 AND kind <> 'end'
                LIMIT ?3
                """
            arguments += [thread]
        } else if !filter.kinds.isEmpty {
            let kinds = filter.kinds.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
            sql = """
                SELECT seq
                FROM event INDEXED BY event_kind
                WHERE process_id = ?1 AND kind IN (\(kinds)) AND kind <> 'end'
                LIMIT ?2
                """
            let found = try Int64.fetchAll(
                database, sql: sql,
                arguments: arguments + [Self.fewEvents] + StatementArguments(filter.kinds))
            return found.count < Self.fewEvents ? found.sorted() : nil
        } else {
            return nil
        }
        let found = try Int64?.fetchAll(
            database, sql: sql, arguments: arguments + [Self.fewEvents])
        guard found.count < Self.fewEvents else { return nil }
        return Set(found.compactMap(\.self)).sorted()
    }

    /// The events that are let through, or one of them.
    private func read(
        _ process: ProcessImage, event: Int64?, limit: Int?, _ body: (TimeLineEntry) throws -> Void
    ) throws -> Int {
        var sql = "SELECT * FROM time_line WHERE process_id = ?"
        var arguments: StatementArguments = [process.id]
        if let event {
            sql += " AND seq = ?"
            arguments += [event]
        }
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
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: sql), arguments: arguments)
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
