// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
import DLTraceStore
import Foundation

/// `dltrace prune`: remove what is old from the database.
struct PruneCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove processes from the database, and make the file smaller.",
        discussion: """
            Processes that still run stay, unless they are named by number. What was removed does not come \
            back when a spill file of it turns up later.
            """)

    @Option(
        help: ArgumentHelp(
            "Remove processes that ended longer ago than this: 7d, 12h, 30min.", valueName: "age"))
    var olderThan: Age?

    @Option(
        help: ArgumentHelp(
            "Remove the oldest until the database is no larger than this: 500M, 2G.",
            discussion: "If that is not enough, the oldest events of those that still run.",
            valueName: "size"))
    var maxSize: ByteSize?

    @Option(
        help: ArgumentHelp(
            "Remove these processes; can be repeated.", valueName: "id|id+|last|last~N|all"))
    var process: [ProcessSelection] = []

    @Flag(help: "Only say what would be removed.")
    var dryRun = false

    @Option(help: "How to answer.")
    var format = Format.text

    @OptionGroup var database: DatabaseOption

    func validate() throws {
        guard olderThan != nil || maxSize != nil || !process.isEmpty else {
            throw ValidationError("say what to remove: --older-than, --max-size or --process")
        }
    }

    func run() throws {
        let paths = try TracePaths(database: database.database)
        let trace = try database.openToWrite()
        var request = PruneRequest()
        request.isDryRun = dryRun
        request.maxBytes = maxSize?.bytes
        request.before = olderThan.map {
            Int64(Date().timeIntervalSince1970 * 1e9) - $0.seconds * 1_000_000_000
        }
        let analyzer = Analyzer(trace)
        for selection in process {
            let ids = try analyzer.images(selection).map(\.id)
            switch selection {
            case .ids, .tree: request.named.formUnion(ids)
            case .run, .all: request.offered.formUnion(ids)
            }
        }
        let isRecorded = try trace.isRecorded()
        request.makesIndexes = !isRecorded
        let writer = try TraceWriter(path: paths.database)
        let liveness = Liveness(spillFolder: paths.spillFolder)
        let result = try writer.prune(request, isAlive: liveness.mayRun)
        // Who records makes the indexes at the end.
        try writer.finish(makingIndexes: !isRecorded)
        let answer = PruneAnswer(
            database: paths.database, result: result, isDryRun: dryRun,
            size: dryRun ? nil : Self.size(of: paths.database))
        switch format {
        case .text: print(answer.text, terminator: "")
        case .json: print(try answer.json(), terminator: "")
        }
        if let obstacle = result.obstacle { throw obstacle }
    }

    private static func size(of path: String) -> UInt64? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size].flatMap { $0 as? UInt64 }
    }
}
