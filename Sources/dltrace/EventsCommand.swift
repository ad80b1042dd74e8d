// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace events`: the time line.
struct EventsCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Show what happened, in order, nested by what it happened beneath.")

    @OptionGroup var database: DatabaseOption

    @Option(
        help: ArgumentHelp(
            "Which processes: a number of `dltrace processes`, last, or all.",
            valueName: "id|id+|last|last~N|all"))
    var process = ProcessSelection.last

    @Option(
        help: ArgumentHelp(
            "Events of this kind only; can be repeated.",
            discussion: "One of: " + TimeLineFilter.allKinds.joined(separator: ", "),
            valueName: "kind"))
    var kind: [String] = []

    @Option(
        help: ArgumentHelp(
            "Events about a library only: a part of its path, or of the name asked for.",
            valueName: "text"))
    var library: String?

    @Option(help: ArgumentHelp("Events of this thread only.", valueName: "tid"))
    var thread: Int64?

    @Option(help: ArgumentHelp("At most so many events.", valueName: "number"))
    var limit: Int?

    @Option(help: "How to answer.")
    var format = Format.text

    func validate() throws {
        if let odd = kind.first(where: { !TimeLineFilter.allKinds.contains($0) }) {
            throw ValidationError(
                "no kind '\(odd)'; kinds: " + TimeLineFilter.allKinds.joined(separator: ", "))
        }
        if let limit, limit < 0 { throw ValidationError("--limit can't be less than 0") }
    }

    func run() throws {
        let analyzer = Analyzer(try database.open(naming: .new))
        let filter = TimeLineFilter(kinds: kind, library: library, thread: thread, limit: limit)
        var line = TimeLine(theme: Terminal.theme)
        switch format {
        case .text:
            let processes = try analyzer.images(process)
            print(line.header, terminator: "")
            try analyzer.timeLine(processes, filter: filter) { entry in
                print(line.text(entry, of: processes), terminator: "")
            }
        case .json:
            try analyzer.timeLine(process, filter: filter) { entry in
                print(try line.element(entry), terminator: "")
            }
            print(line.end, terminator: "")
        }
    }
}
