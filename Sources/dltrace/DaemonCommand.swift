// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceCollector
import DLTraceReport
import DLTraceSymbols
import Logging

/// `dltrace daemon`: trace every program that is started with libdltrace.so preloaded.
struct DaemonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon",
        abstract: "Record every program that runs with LD_PRELOAD=libdltrace.so.",
        discussion: """
            Runs until SIGTERM, SIGINT or SIGHUP; then takes in what is left and closes the database. \
            Exits with 75 where another daemon collects at the same place.
            """)

    @Option(
        name: [.customShort("o"), .customLong("output"), .customLong("database")],
        help: ArgumentHelp(
            "The database to record into.",
            discussion: "Otherwise $DLTRACE_DB, else dltrace/dltrace.db in $XDG_STATE_HOME.",
            valueName: "path"), completion: .file())
    var database: String?

    @Option(
        help: ArgumentHelp(
            "The FIFO that programs write to.",
            discussion:
                "Otherwise $DLTRACE_PIPE, else $XDG_RUNTIME_DIR/dltrace/pipe, else "
                + "/tmp/dltrace-UID/pipe. Programs must be told of another one by DLTRACE_PIPE.",
            valueName: "path"), completion: .file())
    var pipe: String?

    @OptionGroup var size: MaxSizeOption

    @Flag(help: "Stay in the foreground, as it does anyway.")
    var foreground = false

    func run() throws {
        let paths = try TracePaths(database: database, pipe: pipe)
        let line = ProgressLine()
        do {
            defer { line.clear() }
            _ = try Daemon.run(
                paths: paths, maxBytes: size.bytes, logger: Log.make(), progress: line.show
            ) {
                Diagnostics.say(
                    "dltrace: collecting at \(paths.pipe.printable) into \(paths.database.printable)"
                )
            }
        }
        // The names are there now; who knows about the files later.
        do {
            try SymbolKeeper.resolveMissing(in: paths.database)
        } catch {
            Diagnostics.say("dltrace: \(error.description.printable)")
        }
    }
}
