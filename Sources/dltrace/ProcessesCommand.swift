// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace processes`: what was traced.
struct ProcessesCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "processes",
        abstract: "List the processes in the database, oldest first.")

    @OptionGroup var database: DatabaseOption

    @Option(help: "How to answer.")
    var format = Format.text

    func run() throws {
        let processes = try database.analyzer().processes()
        switch format {
        case .text: print(ProcessList().text(processes), terminator: "")
        case .json: print(try ProcessList().json(processes), terminator: "")
        }
    }
}
