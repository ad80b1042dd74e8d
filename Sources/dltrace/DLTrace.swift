// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command and its subcommands.
struct DLTrace: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "dltrace",
        abstract:
            "Which library was loaded and unloaded, by whom, in which phase, and what still used it?",
        usage: """
            dltrace run -- PROGRAM [ARGUMENT ...]
            dltrace report
            dltrace SUBCOMMAND [OPTION ...]
            """,
        version: version,
        subcommands: [
            RunCommand.self, DaemonCommand.self, ReportCommand.self, DiffCommand.self,
            ProcessesCommand.self, EventsCommand.self, WhyCommand.self, AddrCommand.self,
            CoreCommand.self,
            QueryCommand.self,
            ExplainCommand.self,
            ExportCommand.self,
            PruneCommand.self,
            SymbolizeCommand.self,
        ])
}
