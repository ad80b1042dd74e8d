// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
import DLTraceStore
import DLTraceSymbols

/// `--database`, and how a database is opened for an answer.
struct DatabaseOption: ParsableArguments {
    /// When the places of a trace are gone through for symbols that are missing.
    enum Naming {
        /// In any case: files may have changed, or appeared.
        case all
        /// Where records came in since it was done last: for a quick answer about a long trace.
        case new
    }

    @Option(
        help: ArgumentHelp(
            "The database to read.",
            discussion: "Otherwise $DLTRACE_DB, else dltrace/dltrace.db in $XDG_STATE_HOME.",
            valueName: "path"), completion: .file())
    var database: String?

    /// Takes in what programs left in the spill folder, and opens the database, which is to be written to.
    func openToWrite() throws -> TraceDatabase {
        let paths = try TracePaths(database: database)
        _ = try takeIn(paths, isToBeWritten: true)
        return try TraceDatabase(path: paths.database)
    }

    private func takeIn(_ paths: TracePaths, isToBeWritten: Bool = false) throws -> Bool {
        let line = ProgressLine()
        do {
            defer { line.clear() }
            return try SpillFolder.takeInAll(paths: paths, progress: line.show)
        } catch let error as StoreError
            where isToBeWritten || error.code == .foreign || error.code == .newer
        {
            throw error
        } catch {
            Diagnostics.say(
                "dltrace: records stay in the spill folder: " + Failure(error).message.printable)
            return false
        }
    }

    /// Takes in what programs left in the spill folder, looks up symbols that are still missing, and
    /// opens the database.
    ///
    /// What keeps it from the first two is told and no obstacle: a trace may lie on a read-only disk.
    func open(naming: Naming = .all) throws -> TraceDatabase {
        let paths = try TracePaths(database: database)
        let isNew = try takeIn(paths)
        // A question takes longer without them, and is answered all the same.
        try? TraceIndexes.complete(in: paths.database)
        let trace = try TraceDatabase(path: paths.database)
        guard try naming == .all || isNew || trace.isRecorded() else { return trace }
        do {
            try SymbolKeeper.resolveMissing(in: paths.database)
        } catch {
            Diagnostics.say("dltrace: \(error.description.printable)")
        }
        return trace
    }

    /// The same for whom asks with rules or views.
    func analyzer() throws -> Analyzer {
        Analyzer(try open())
    }

    /// The same option for another database; itself for none.
    func at(_ path: String?) -> DatabaseOption {
        guard let path else { return self }
        var other = self
        other.database = path
        return other
    }
}
