// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Logging

/// Runs one program with the tracer preloaded and its records collected: `dltrace run`.
///
/// The program is to notice nothing: it is a child in the same process group, with the same terminal,
/// folder, standard streams, signal dispositions and mask, and it gets the signals sent to dltrace.
package struct Launcher: Sendable {
    /// What a run came to.
    package struct Outcome: Sendable {
        /// The program's process.
        package let pid: Int32
        /// How the program ended.
        package let end: ProgramEnd
        /// Whether dltrace was told to end meanwhile, by a signal or from the terminal.
        package let wasInterrupted: Bool
        /// What was collected; a failure where the database could not be written to the end.
        package let collected: Result<Collector.Summary, any Error>
    }

    /// The program, found; it may have an obstacle to tell of before it runs.
    package let program: ProgramFile

    private let arguments: [[CChar]]
    private let paths: TracePaths
    private let library: String
    private let experiments: Experiments
    private let environment: EnvironmentBlock
    private let recordsArguments: Bool
    private let maxBytes: UInt64?
    private let logger: Logger

    /// Waited for while the program runs. Those that somebody sends to dltrace go on to the program; the
    /// terminal's, which come from the kernel, went to the whole process group.
    private static let signals = [
        SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH, SIGTSTP,
        SIGTTIN, SIGTTOU,
    ]

    /// Those of them that ask dltrace to end.
    private static let ends = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]

    /// Those of them that stop a job of a shell.
    private static let stops = [SIGTSTP, SIGTTIN, SIGTTOU]

    /// Finds the program and the tracer.
    ///
    /// - Parameters:
    ///   - arguments: the command line from the program's name on, byte for byte, each with its
    ///     terminating zero.
    ///   - paths: where the records go.
    ///   - experiments: what is to be different in the program.
    ///   - recordsArguments: whether command lines are.
    ///   - maxBytes: what the database is to be kept below; nil for no limit.
    ///   - environment: what the program gets, but for what the tracer needs.
    ///   - logger: for warnings.
    /// - Throws: `CollectorError` where either is missing.
    package init(
        arguments: [[CChar]], paths: TracePaths, experiments: Experiments = Experiments(),
        recordsArguments: Bool = true, maxBytes: UInt64? = nil,
        environment: EnvironmentBlock = EnvironmentBlock(), logger: Logger
    ) throws {
        program = try ProgramFile(
            named: RawText(cString: arguments.first ?? []), searchPath: environment[raw: "PATH"])
        library = try TracerLibrary.find(environment: environment)
        self.arguments = arguments
        self.paths = paths
        self.experiments = experiments
        self.recordsArguments = recordsArguments
        self.maxBytes = maxBytes
        self.environment = environment
        self.logger = logger
    }

    /// Runs the program to its end, and again as often as it is asked to, unless dltrace is told to end.
    ///
    /// To be called on the main thread while there is no other one. The signals are as before when it
    /// returns, except that SIGPIPE and SIGXFSZ are blocked.
    /// - Parameters:
    ///   - times: how often.
    ///   - progress: told how far taking in what the program left is.
    ///   - body: called after each run.
    /// - Returns: what each run came to; at least one.
    /// - Throws: `CollectorError` and `StoreError` where the program could not be started.
    package func run(
        times: Int = 1, progress: @escaping @Sendable (Progress) -> Void = { _ in },
        then body: (Outcome) -> Void = { _ in }
    ) throws -> [Outcome] {
        StandardStreams.reserve()
        let isIgnoringChildren = ChildProcess.isIgnoringChildren
        let signals = SignalSet(blocking: Self.signals)
        defer { signals.restore() }

        try paths.prepareRuntimeFolder()
        try paths.prepareDatabaseFolder()
        var outcomes: [Outcome] = []
        repeat {
            let outcome = try runOnce(
                signals, isIgnoringChildren: isIgnoringChildren, progress: progress)
            outcomes.append(outcome)
            body(outcome)
            if outcome.wasInterrupted { break }
        } while outcomes.count < times
        return outcomes
    }

    private func runOnce(
        _ signals: SignalSet, isIgnoringChildren: Bool,
        progress: @escaping @Sendable (Progress) -> Void
    ) throws -> Outcome {
        let retention = maxBytes.map {
            Retention(maxBytes: $0, spillFolder: paths.spillFolder, logger: logger)
        }
        let intake = try Intake.opening(paths.database, retention: retention)
        let folder = try RunFolder(in: paths.runtimeFolder)
        let pipe = try TracePipe(path: folder.pipe)
        let spill = try SpillFolder.forRun(in: paths.spillFolder)
        let spillPath = spill.path
        let environment = childEnvironment(pipe: folder.pipe, spill: spillPath)
        defer {
            SpillFolder.removeIfEmpty(spillPath)
            if paths.hasOwnSpillFolder { SpillFolder.removeIfEmpty(paths.spillFolder) }
        }

        let stop = try StopRequest()
        let collector = Handover(
            Collector(pipe: pipe, intake: intake, spill: spill, logger: logger))
        let main = pthread_self()
        let thread = OwnThread {
            ThreadPriority.yieldToPrograms()
            return try collector.take().run(until: stop, progress: progress)
        }
        // SIGCHLD wakes this thread when the other one has ended.
        let handle = try thread.start(atEnd: { pthread_kill(main, SIGCHLD) })
        let child: ChildProcess
        let end: ProgramEnd
        var wasInterrupted: Bool
        do {
            child = try ChildProcess(
                path: program.path, arguments: arguments, environment: environment,
                mask: signals.previous, isIgnoringChildren: isIgnoringChildren)
            (end, wasInterrupted) = try Self.wait(for: child, signals)
        } catch {
            stop.raise()
            _ = try? thread.join(handle)
            throw error
        }
        // What went to the program as well is no reason to leave anything behind.
        while let arrival = signals.pending() {
            wasInterrupted = wasInterrupted || Self.isEnd(arrival, child)
        }
        stop.raise(child: StopRequest.Child(pid: child.pid, end: end))
        while !thread.isFinished {
            let arrival = signals.next()
            if Self.isEnd(arrival, child) {
                wasInterrupted = true
                stop.abandon()
            } else if Self.stops.contains(arrival.number) {
                signals.deliver(arrival.number)
            }
        }
        let collected = Result { try thread.join(handle) }
        withExtendedLifetime(folder) {}
        return Outcome(
            pid: child.pid, end: end, wasInterrupted: wasInterrupted, collected: collected)
    }

    private func childEnvironment(pipe: String, spill: String) -> EnvironmentBlock {
        var environment = environment
        environment["DLTRACE_PIPE"] = pipe
        environment["DLTRACE_SPILL"] = spill
        if !recordsArguments { environment["DLTRACE_NO_ARGUMENTS"] = "1" }
        experiments.enter(into: &environment)
        if program.obstacle?.leavesDescendantsTraceable ?? true {
            environment[raw: "LD_PRELOAD"] = PreloadList.value(
                tracer: RawText(library), existing: environment[raw: "LD_PRELOAD"],
                sanitizers: program.sanitizers)
        }
        return environment
    }

    /// Whether a signal asks dltrace to end. What the program sends to its own group is its own matter.
    private static func isEnd(_ arrival: SignalSet.Arrival, _ child: ChildProcess) -> Bool {
        ends.contains(arrival.number) && arrival.sender != child.pid
    }

    /// Whether the program did not get a signal itself that dltrace got.
    private static func isForChild(_ arrival: SignalSet.Arrival, _ child: ChildProcess) -> Bool {
        if arrival.isFromKernel {
            // A terminal's keys go to the whole group, the end of the terminal to the session's first
            // process alone.
            return arrival.number == SIGHUP && getsid(0) == getpid()
        }
        // The program may signal its whole group, and dltrace is in it.
        return arrival.sender != child.pid
    }

    /// Passes signals on until the program has ended; tells whether one of them asked for an end.
    private static func wait(
        for child: ChildProcess, _ signals: SignalSet
    ) throws -> (end: ProgramEnd, wasInterrupted: Bool) {
        var wasInterrupted = false
        while true {
            switch try child.change() {
            case .ended(let end):
                return (end, wasInterrupted)
            case .stopped(let signal) where stops.contains(signal):
                // Ctrl-Z and the like: dltrace stops with the program, and its shell takes over.
                signals.deliver(signal)
            case .stopped, nil:
                break
            }
            let arrival = signals.next()
            wasInterrupted = wasInterrupted || isEnd(arrival, child)
            switch arrival.number {
            case SIGCHLD:
                break
            case SIGCONT:
                if ProcessTable.isStopped(child.pid) { child.send(SIGCONT) }
            default:
                if isForChild(arrival, child) { child.send(arrival.number) }
            }
        }
    }
}
