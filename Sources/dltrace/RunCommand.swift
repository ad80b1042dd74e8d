// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
import DLTraceStore
import DLTraceSymbols
import Glibc
import Logging

/// `dltrace run`: trace one program from its start to its end.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program and record what it loads and unloads.",
        usage: "dltrace run [OPTION ...] -- PROGRAM [ARGUMENT ...]",
        discussion: """
            The program keeps its terminal, standard streams and signals. Its exit status is that of \
            dltrace, which a signal kills if it killed the program; 126 and 127 mean that the program \
            could not be run. A summary of the findings goes to stderr.
            """)

    @Option(
        name: [.customShort("o"), .customLong("output"), .customLong("database")],
        help: ArgumentHelp(
            "The database to record into.",
            discussion: "Otherwise $DLTRACE_DB, else dltrace/dltrace.db in $XDG_STATE_HOME.",
            valueName: "path"))
    var database: String?

    @Option(help: "Exit with --error-exitcode if a finding is this bad or worse.")
    var failOn: Severity?

    @Option(
        help: ArgumentHelp(
            "The exit status instead of the program's if --fail-on has it fail.",
            discussion: "1 if only --fail-on is given; --fail-on is error if only this is.",
            valueName: "1-255"))
    var errorExitcode: Int32?

    @Flag(name: .shortAndLong, help: "Print no summary.")
    var quiet = false

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program and its arguments.", valueName: "program"))
    var program: [String] = []

    func validate() throws {
        // What is no option of ours lands here, and so does what asks for help.
        if let first = program.first, first != "--", first.hasPrefix("-") {
            guard !["-h", "--help", "-help"].contains(first) else {
                throw CleanExit.helpRequest(Self.self)
            }
            throw ValidationError("unknown option '\(first)'; a program's name goes after --")
        }
        guard !words.isEmpty else {
            throw ValidationError("name the program to run: dltrace run -- PROGRAM")
        }
        guard (errorExitcode ?? 1) >= 1, (errorExitcode ?? 1) <= 255 else {
            throw ValidationError("--error-exitcode must be 1 to 255")
        }
    }

    func run() throws {
        let paths = try TracePaths(database: database)
        let launcher = try Launcher(arguments: rawArguments, paths: paths, logger: Log.make())
        let name = launcher.program.path.printable
        if let obstacle = launcher.program.obstacle {
            Diagnostics.say(
                "dltrace: cannot trace \(name): \(obstacle.reason); running it all the same")
        }
        let outcome = try launcher.run()
        switch outcome.collected {
        case .failure(let error):
            _ = Failure(error).report()
        case .success(let collected):
            if collected.childWasTraced == false, launcher.program.obstacle == nil {
                Diagnostics.say("dltrace: \(name) was not traced: no record came from it")
            }
            if !collected.processes.isEmpty {
                try summarize(collected, of: outcome.pid, database: paths.database)
            }
        }
        switch outcome.end {
        case .exited(0):
            return
        case .exited(let status):
            throw ExitCode(status)
        case .killed(let signal, _):
            fflush(nil)
            ProgramEnd.die(by: signal)
            throw ExitCode(128 + signal)
        }
    }

    /// Looks up symbols, prints the summary, and fails where a finding is too bad.
    private func summarize(
        _ collected: Collector.Summary, of pid: Int32, database: String
    ) throws {
        do {
            try SymbolKeeper.resolveMissing(in: database)
        } catch {
            Diagnostics.say("dltrace: \(error.description.printable)")
        }
        let level = failOn ?? (errorExitcode == nil ? nil : .error)
        guard !quiet || level != nil else { return }
        let analysis: Analysis
        do {
            analysis = try analyze(collected, of: pid, database: database)
        } catch {
            _ = Failure(error).report()
            return
        }
        if !quiet {
            let text = RunSummary(theme: Terminal.theme(of: STDERR_FILENO)).render(analysis)
            Diagnostics.say(String(text.dropLast()))
        }
        if let level, let worst = analysis.worst, worst >= level {
            throw ExitCode(errorExitcode ?? 1)
        }
    }

    /// What the rules find in this run: in all that came of the program, or, where another program was
    /// traced into the same database since, in its first process.
    private func analyze(
        _ collected: Collector.Summary, of pid: Int32, database: String
    ) throws -> Analysis {
        let analyzer = Analyzer(try TraceDatabase(path: database))
        let names = Set(collected.processes)
        func isOwn(_ process: TracedProcess) -> Bool {
            guard let started = process.startedUnixNs, let pid = Int32(exactly: process.pid) else {
                return false
            }
            return names.contains(
                ProcessName(pid: pid, startedUnixNs: UInt64(bitPattern: started)))
        }
        let newest = try analyzer.processes(.last)
        guard !newest.contains(where: isOwn) else {
            return try analyzer.analyze(.last, rules: .builtIn())
        }
        let own = try analyzer.processes().filter(isOwn)
        let first = own.first { $0.pid == Int64(pid) } ?? own.first
        return try analyzer.analyze(first.map { .id($0.id) } ?? .last, rules: .builtIn())
    }

    // MARK: - The command line

    /// The program and its arguments, without the `--` in front.
    private var words: ArraySlice<String> {
        program.first == "--" ? program.dropFirst() : program[...]
    }

    /// The same as this process got them: an argument need not be text, and they are the last ones.
    private var rawArguments: [[CChar]] {
        let count = Int(CommandLine.argc)
        return ((count - words.count)..<count).compactMap { index in
            CommandLine.unsafeArgv[index].map {
                Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
            }
        }
    }
}
