// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads what happened to one load of a library, through a lens.
struct LibraryLoadReader {
    /// So many opens and closes with stacks of their own are told one by one.
    private static let mostGroups = 40
    /// So many references that were left are told.
    private static let mostReferences = 40

    let database: Database
    let lens: LibraryLens
    let process: ProcessImage

    /// Reads a load; nil where the process never had it.
    func load(_ id: Int64, number: Int) throws -> LibraryLoad? {
        try lens.add(library: id, of: process.id)
        guard
            let library = try PlacedLibraryReader.library(
                id, of: process.id, since: process.startedNs, in: database)
        else { return nil }
        let calls = try lens.add(callsOf: id, in: process.id)
        try lens.add(needing: library.soname ?? library.path.lastPathPart, in: process.id)
        if let cause = library.loaded.cause {
            try lens.add(call: cause, of: library.inheritedFrom ?? process.id)
        }
        if let cause = library.unloaded?.cause { try lens.add(call: cause, of: process.id) }
        for caller in try Int64.fetchSet(
            database.cachedStatement(
                sql: "SELECT caller_library_id FROM loader_call WHERE caller_library_id > 0"))
        {
            try lens.add(library: caller, of: process.id)
        }
        var moments = try opens(of: id) + closes(of: id, library)
        moments += try needs(of: id) + life(of: library) + references(to: id)
        if let along = try broughtAlong(library, moments) { moments.append(along) }
        return LibraryLoad(
            number: number, library: library, moments: moments.sorted(by: isBefore), calls: calls,
            stays: try calls < LibraryLens.mostCalls ? reasons(of: id) : reasonsOfBusy(id))
    }

    // MARK: - Calls

    private func opens(of library: Int64) throws -> [LibraryMoment] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT
                        handle_open.open_process_id AS process_id, handle_open.open_seq AS seq,
                        handle_open.stack_id, loader_call.flags_text, caller.name AS caller,
                        handle_open.close_seq
                    FROM handle_open
                    LEFT JOIN loader_call ON loader_call.process_id = handle_open.open_process_id
                        AND loader_call.seq = handle_open.open_seq
                    LEFT JOIN library_life AS caller ON caller.process_id = handle_open.process_id
                        AND caller.library_id = handle_open.caller_library_id
                    WHERE handle_open.process_id = ? AND handle_open.library_id = ?
                    ORDER BY handle_open.open_process_id <> handle_open.process_id DESC, seq
                    """), arguments: [process.id, library])
        return try moments(rows, by: ["process_id", "stack_id", "flags_text"]) { row, count in
            .opened(
                flags: row["flags_text"], caller: row["caller"],
                closedBy: count == 1 ? row["close_seq"] : nil)
        }
    }

    private func closes(of id: Int64, _ library: PlacedLibrary) throws -> [LibraryMoment] {
        let rows = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT
                        loader_call.process_id, loader_call.seq, loader_call.stack_id,
                        caller.name AS caller, close_effect.library_id IS NOT NULL AS is_effective,
                        COALESCE(close_effect.is_deferred, 0) AS is_deferred
                    FROM process_line
                    CROSS JOIN loader_call ON loader_call.process_id = process_line.member_id
                        AND loader_call.seq <= process_line.last_seq
                    LEFT JOIN library_life AS caller ON caller.process_id = process_line.process_id
                        AND caller.library_id = loader_call.caller_library_id
                    LEFT JOIN close_effect ON close_effect.process_id = process_line.process_id
                        AND close_effect.close_seq = loader_call.seq
                        AND close_effect.library_id = loader_call.library_id
                        AND process_line.depth = 0
                    WHERE process_line.process_id = ? AND loader_call.library_id = ?
                        AND loader_call.kind = 'dlclose'
                    ORDER BY process_line.depth DESC, loader_call.seq
                    """), arguments: [process.id, id])
        return try moments(rows, by: ["process_id", "stack_id", "is_effective"]) { row, _ in
            .closed(
                caller: row["caller"], unloadedIt: row["is_effective"],
                isDeferred: row["is_deferred"])
        }
    }

    /// One moment for all rows that are alike.
    private func moments(
        _ rows: [Row], by columns: [String], _ what: (Row, Int) -> LibraryMoment.What
    ) throws -> [LibraryMoment] {
        var keys: [[DatabaseValue]] = []
        var groups: [[DatabaseValue]: [Row]] = [:]
        for row in rows {
            let key = columns.map { row[Column($0)] as DatabaseValue }
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(row)
        }
        return try keys.prefix(Self.mostGroups).compactMap { key in
            guard let group = groups[key], let first = group.first, let last = group.last else {
                return nil
            }
            return try moment(
                what(first, group.count), event: first["seq"], of: first["process_id"],
                count: group.count, last: last["seq"], role: "open")
        }
    }

    /// The dlopen of another library that brought this one along.
    private func broughtAlong(
        _ library: PlacedLibrary, _ moments: [LibraryMoment]
    ) throws -> LibraryMoment? {
        let member = library.inheritedFrom ?? process.id
        guard let cause = library.loaded.cause else { return nil }
        let isOwn = moments.contains {
            guard case .opened = $0.what else { return false }
            return $0.process == member && $0.event <= cause && cause <= $0.lastEvent
        }
        guard !isOwn,
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT loader_call.name, loader_call.library_id, caller.name AS caller
                        FROM loader_call
                        LEFT JOIN library_life AS caller ON caller.process_id = ?
                            AND caller.library_id = loader_call.caller_library_id
                        WHERE loader_call.process_id = ? AND loader_call.seq = ?
                        """), arguments: [process.id, member, cause]),
            row["library_id"] as Int64? != library.id
        else { return nil }
        return try moment(
            .broughtAlong(by: row["name"], caller: row["caller"]), event: cause, of: member,
            role: "open")
    }

    // MARK: - The rest of its life

    private func life(of library: PlacedLibrary) throws -> [LibraryMoment] {
        var moments = [
            LibraryMoment(
                what: .loaded(atStart: library.isAtStart),
                process: library.inheritedFrom ?? process.id, event: library.loaded.event,
                sinceStartNs: library.loaded.sinceStartNs, count: 1,
                lastEvent: library.loaded.event, evidence: nil)
        ]
        if let finalized = library.finalized {
            moments.append(
                LibraryMoment(
                    what: .finalized(
                        phase: library.finalizingPhase, by: finalized.cause,
                        byKind: finalized.causeKind),
                    process: process.id, event: finalized.event,
                    sinceStartNs: finalized.sinceStartNs, count: 1, lastEvent: finalized.event,
                    evidence: nil))
        }
        if let unloaded = library.unloaded {
            var evidence: Evidence?
            if let cause = unloaded.cause {
                try lens.add(stackOf: cause, in: process.id)
                evidence = try EvidenceReader.evidence(
                    "close", event: cause, process: process.id, in: database)
            }
            moments.append(
                LibraryMoment(
                    what: .unloaded(by: unloaded.cause, byKind: unloaded.causeKind),
                    process: process.id, event: unloaded.event,
                    sinceStartNs: unloaded.sinceStartNs, count: 1, lastEvent: unloaded.event,
                    evidence: evidence))
        }
        return moments
    }

    private func needs(of library: Int64) throws -> [LibraryMoment] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT
                        library_need.library, library_need.unloaded_seq,
                        library_span.loaded_process_id, library_span.loaded_seq
                    FROM library_need
                    JOIN library_span ON library_span.process_id = library_need.process_id
                        AND library_span.library_id = library_need.library_id
                    WHERE library_need.process_id = ? AND library_need.needed_library_id = ?
                    ORDER BY library_need.since_seq, library_need.library_id
                    LIMIT ?
                    """), arguments: [process.id, library, Self.mostReferences]
        ).compactMap { row in
            try moment(
                .needed(by: row["library"], until: row["unloaded_seq"]), event: row["loaded_seq"],
                of: row["loaded_process_id"], role: nil)
        }
    }

    private func references(to library: Int64) throws -> [LibraryMoment] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT seq, type, label, number, holder_name, is_at_exit
                    FROM left_reference
                    WHERE process_id = ? AND library_id = ?
                    ORDER BY seq
                    LIMIT ?
                    """), arguments: [process.id, library, Self.mostReferences]
        ).compactMap { row in
            try moment(
                .left(
                    type: row["type"], label: row["label"], number: row["number"],
                    holder: row["holder_name"], atExit: row["is_at_exit"]), event: row["seq"],
                of: process.id, role: "use")
        }
    }

    private func reasons(of library: Int64, but rank: Int64 = 0) throws -> [LibraryLoad.Reason] {
        // The view over it is the longest to compile.
        let isKept = try Bool.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM library_kept WHERE process_id = ? AND library_id = ?
                    )
                    """), arguments: [process.id, library])
        guard isKept == true else { return [] }
        return try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT reason, remedy FROM stay_reason
                    WHERE process_id = ? AND library_id = ? AND rank <> ?
                    ORDER BY rank
                    """), arguments: [process.id, library, rank]
        ).map { LibraryLoad.Reason(reason: $0["reason"], remedy: $0["remedy"]) }
    }

    /// The same where not all calls are looked at: what is open is told by their numbers.
    private func reasonsOfBusy(_ library: Int64) throws -> [LibraryLoad.Reason] {
        let calls = try lens.calls(of: library, in: process.id)
        let left = calls.opens - calls.closes
        let others = try reasons(of: library, but: 1)
        guard left > 0 else { return others }
        let open = LibraryLoad.Reason(
            reason: "it was opened \(left) time\(left == 1 ? "" : "s") more than closed",
            remedy: "Close every handle of it: each successful dlopen needs a dlclose of its own.")
        return [open] + others
    }

    // MARK: - Moments

    /// A moment; with a role also its stack.
    private func moment(
        _ what: LibraryMoment.What, event: Int64, of member: Int64, count: Int = 1,
        last: Int64? = nil, role: String?
    ) throws -> LibraryMoment? {
        let time = try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT time_ns FROM event WHERE process_id = ? AND seq = ?"),
            arguments: [member, event])
        var evidence: Evidence?
        if let role {
            try lens.add(stackOf: event, in: member)
            evidence = try EvidenceReader.evidence(
                role, event: event, process: member, in: database)
        }
        return LibraryMoment(
            what: what, process: member, event: event,
            sinceStartNs: time.flatMap { time in process.startedNs.map { time &- $0 } },
            count: count, lastEvent: last ?? event, evidence: evidence)
    }

    private func isBefore(_ left: LibraryMoment, _ right: LibraryMoment) -> Bool {
        let (mine, other) = (left.process == process.id, right.process == process.id)
        guard mine == other else { return !mine }
        return (left.event, left.lastEvent) < (right.event, right.lastEvent)
    }
}
