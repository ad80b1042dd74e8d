// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace export`: the events for other tools.
struct ExportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all events for other tools, one a line.")

    @OptionGroup var database: DatabaseOption

    @Option(
        help: ArgumentHelp(
            "Which processes: a number of `dltrace processes`, last, or all.",
            valueName: "id|id+|last|last~N|all"))
    var process = ProcessSelection.all

    @Option(help: "How to write them: ndjson is one JSON object a line.")
    var format = Format.ndjson

    func run() throws {
        let line = TimeLine(theme: .plain)
        try database.analyzer().timeLine(process, filter: TimeLineFilter()) { entry in
            print(try line.line(entry), terminator: "")
        }
    }
}
