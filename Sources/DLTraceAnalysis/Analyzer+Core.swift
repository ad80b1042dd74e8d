// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

extension Analyzer {
    /// The rules that tell of a process's end.
    private static let crashRules = [
        "use-after-unload", "use-after-fini", "self-unload", "thread-in-unloaded-library",
    ]

    /// The process that a core file is of.
    ///
    /// - Throws: `AnalysisError` if there is none.
    package func match(
        _ core: CoreImage, among selection: ProcessSelection?
    ) throws -> CoreMatch {
        try database.read { connection in
            try CoreMatcher(database: connection, core: core).match(selection)
        }
    }

    /// The libraries that a process had at any time, the newest at each place, the newest first.
    package func libraries(ofCoreOf process: ProcessImage) throws -> [PlacedLibrary] {
        try database.read { try CoreLibraries(of: process, in: $0).libraries }
    }

    /// A core file with what the trace knows of its process.
    ///
    /// - Parameters:
    ///   - core: the core file.
    ///   - match: whose it is.
    ///   - naming: finds the names that the database has not.
    /// - Returns: the stacks, and what the fault came of.
    /// - Throws: `AnalysisError` if a rule is in no order.
    package func explain(
        _ core: CoreImage, of match: CoreMatch, naming: any CodeNaming
    ) throws -> CoreAnswer {
        let process = match.process
        let (threads, moment) = try database.read { connection in
            let moment = try Self.moment(of: core, in: process, connection)
            let reader = try CoreFrameReader(of: process, at: moment, in: connection)
            return (try core.threads.map(reader.thread), moment)
        }
        let changed = core.modules.filter { !$0.isReadable && $0.path.hasPrefix("/") }.map(\.path)
        return CoreAnswer(
            image: core, match: match, threads: threads,
            cause: try cause(core, threads.first, in: process, at: moment, naming: naming),
            findings: try findings(about: process),
            changedFiles: Array(Set(changed + core.missing)).sorted())
    }

    /// The first event that came after the core file was made; nil: it was made at the process's end.
    private static func moment(
        of core: CoreImage, in process: ProcessImage, _ connection: Database
    ) throws -> Int64? {
        if case .killed = process.ending { return nil }
        guard let written = core.writtenUnixNs, let startedUnix = process.startedUnixNs,
            let started = process.startedNs
        else { return nil }
        return try Int64.fetchOne(
            connection,
            sql: """
                SELECT seq + 1 FROM event WHERE process_id = ? AND time_ns <= ?
                ORDER BY seq DESC LIMIT 1
                """, arguments: [process.id, started &+ (written &- startedUnix)])
    }

    // MARK: - The fault

    /// The library that was gone or finalized, and that the thread ran in, touched, or was to return to.
    private func cause(
        _ core: CoreImage, _ thread: CoreThreadAnswer?, in process: ProcessImage,
        at moment: Int64?, naming: any CodeNaming
    ) throws -> CoreCause? {
        var suspects: [(CoreCause.Part, UInt64, Bool)] = []
        if core.isOfCrash {
            if let pc = thread?.frames.first { suspects.append((.pc, pc.address, true)) }
            if let address = core.faultAddress { suspects.append((.address, address, true)) }
        }
        let frames = thread?.frames.dropFirst(core.isOfCrash ? 1 : 0) ?? []
        suspects += frames.filter { $0.state == .unloaded }.map { (.frame, $0.address, false) }
        for state in [FrameState.unloaded, .finalized] {
            for (part, address, isExact) in suspects {
                let answer = try place(
                    address, isExact: isExact, in: process, by: moment, naming: naming)
                guard let newest = answer.places.first, newest.state == state else { continue }
                // What happened between the last record and the core file is not known.
                if core.modules.contains(where: { $0.start == newest.library.start }),
                    state == .unloaded
                {
                    continue
                }
                return CoreCause(
                    part: part, address: address, places: answer.places,
                    open: try opening(of: newest.library, in: process),
                    close: try closing(of: newest.library))
            }
        }
        return nil
    }

    private func opening(
        of library: PlacedLibrary, in process: ProcessImage
    ) throws -> Evidence? {
        try database.read { connection in
            let lens = try LibraryLens(connection)
            try lens.add(process: process.id)
            try lens.add(library: library.id, of: process.id)
            try lens.add(callsOf: library.id, in: process.id)
            let row = try Row.fetchOne(
                connection,
                sql: """
                    SELECT open_process_id, open_seq
                    FROM library_opener
                    WHERE process_id = ? AND library_id = ? AND open_seq IS NOT NULL
                    """, arguments: [process.id, library.id])
            guard let row else { return nil }
            try lens.add(stackOf: row["open_seq"], in: row["open_process_id"])
            return try EvidenceReader.evidence(
                "open", event: row["open_seq"], process: row["open_process_id"], in: connection)
        }
    }

    private func closing(of library: PlacedLibrary) throws -> Evidence? {
        guard let cause = library.unloaded?.cause ?? library.finalized?.cause else { return nil }
        return try database.read { connection in
            let lens = try LibraryLens(connection)
            try lens.add(stackOf: cause, in: library.process)
            return try EvidenceReader.evidence(
                "close", event: cause, process: library.process, in: connection)
        }
    }

    /// What the rules about crashes find; on a connection of its own, since they narrow the views.
    private func findings(about process: ProcessImage) throws -> [Finding] {
        let rules = try RuleSet.builtIn()
        let there = Self.crashRules.filter { id in rules.rules.contains { $0.id == id } }
        return try Analyzer(TraceDatabase(path: database.path))
            .analyze(.id(process.id), rules: rules.only(there)).findings
    }
}
