// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
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
            valueName: "path"), completion: .file())
    var database: String?

    @OptionGroup var size: MaxSizeOption

    @Option(help: "Exit with --error-exitcode if a finding is this bad or worse.")
    var failOn: Severity?

    @Option(
        help: ArgumentHelp(
            "The exit status instead of the program's if --fail-on has it fail.",
            discussion: "1 if only --fail-on is given; --fail-on is error if only this is.",
            valueName: "1-255"))
    var errorExitcode: Int32?

    @OptionGroup var suppressions: SuppressOption

    @Flag(name: .shortAndLong, help: "Print no summary.")
    var quiet = false

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Run the program so often, and say which findings came how often.",
            discussion:
                "The exit status is that of the first run that failed. No further run where dltrace "
                + "is told to end.",
            valueName: "number"))
    var times = 1

    @Flag(
        help: ArgumentHelp(
            "Keep the addresses of what is unloaded reserved.",
            discussion:
                "A stale pointer then faults where it is used, and can't meet another library there."
        ))
    var quarantine = false

    @Option(
        help: ArgumentHelp(
            "Never unload the libraries whose path or name matches; can be repeated.",
            discussion: "If the program works with it, the unload is the cause.",
            valueName: "glob"))
    var pin: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Do not record the arguments of programs.", discussion: "They may hold secrets."))
    var noArguments = false

    @Flag(help: "After each unload, search memory for addresses of what is gone.")
    var census = false

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program and its arguments.", valueName: "program"),
        completion: .file())
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
        guard times >= 1 else { throw ValidationError("--repeat must be 1 or more") }
        if let odd = pin.first(where: { !Experiments.isPin($0) }) {
            throw ValidationError("--pin can't be '\(odd)': it is empty or has a colon")
        }
        guard Experiments.isRoom(for: pin) else {
            throw ValidationError("the patterns of --pin are longer than 4095 bytes together")
        }
    }

    func run() throws {
        let paths = try TracePaths(database: database)
        let summary = RunAnswer(
            database: paths.database, isNamed: database != nil,
            suppressions: try suppressions.read(), isQuiet: quiet,
            failOn: failOn ?? (errorExitcode == nil ? nil : .error))
        let launcher = try Launcher(
            arguments: rawArguments, paths: paths,
            experiments: Experiments(quarantine: quarantine, pins: pin, census: census),
            recordsArguments: !noArguments, maxBytes: size.bytes, logger: Log.make())
        let name = launcher.program.path.description.printable
        if let obstacle = launcher.program.obstacle {
            Diagnostics.say(
                "dltrace: cannot trace \(name): \(obstacle.reason); running it all the same")
        }
        let showsProgress = times > 1 && !quiet && isatty(STDERR_FILENO) == 1
        var number = 0
        let line = ProgressLine()
        let outcomes = try launcher.run(times: times, progress: line.show) { outcome in
            line.clear()
            number += 1
            if showsProgress {
                Diagnostics.say(
                    "dltrace: run \(number) of \(times) \(RunAnswer.words(outcome.end))")
            }
        }
        for case .failure(let error) in outcomes.map(\.collected) {
            _ = Failure(error).report()
        }
        if launcher.program.obstacle == nil, outcomes.contains(where: RunAnswer.wasUntraced) {
            Diagnostics.say("dltrace: \(name) was not traced: no record came from it")
        }
        if try summary.failsAfterTelling(of: outcomes, isRepeated: times > 1) {
            throw ExitCode(errorExitcode ?? 1)
        }
        switch outcomes.lazy.map(\.end).first(where: { $0 != .exited(0) }) {
        case nil, .exited(0):
            return
        case .exited(let status):
            throw ExitCode(status)
        case .killed(let signal, _):
            fflush(nil)
            ProgramEnd.die(by: signal)
            throw ExitCode(128 + signal)
        }
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
