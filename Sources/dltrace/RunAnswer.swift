// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
import DLTraceStore
import DLTraceSymbols
import Glibc

/// What `dltrace run` has to say once the program has ended.
struct RunAnswer {
    /// The database that was recorded into.
    let database: String
    /// Whether it is not the one that commands read by themselves.
    let isNamed: Bool
    /// What is left out.
    let suppressions: [Suppression]
    /// Whether nothing is to be printed.
    let isQuiet: Bool
    /// The severity from which on the run has failed.
    let failOn: Severity?

    /// Looks up symbols and prints the summary; tells whether a finding is too bad.
    func failsAfterTelling(of outcomes: [Launcher.Outcome], isRepeated: Bool) throws -> Bool {
        let runs = outcomes.map { (try? $0.collected.get())?.processes ?? [] }
        guard !runs.allSatisfy(\.isEmpty) else { return false }
        do {
            try SymbolKeeper.resolveMissing(in: database)
        } catch {
            Diagnostics.say("dltrace: \(error.description.printable)")
        }
        guard !isQuiet || failOn != nil else { return false }
        do {
            return try fails(tell(of: runs, endings: isRepeated ? outcomes.map(\.end) : nil))
        } catch {
            _ = Failure(error).report()
            return false
        }
    }

    /// Whether nothing came of a program that ought to have been traced.
    static func wasUntraced(_ outcome: Launcher.Outcome) -> Bool {
        (try? outcome.collected.get())?.childWasTraced == false
    }

    /// How a program ended, for a line of progress.
    static func words(_ end: ProgramEnd) -> String {
        RepeatSummary.words(ending(end))
    }

    /// The command that tells more of what was recorded.
    private var report: String {
        guard isNamed else { return "dltrace report" }
        let isPlain = database.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || "0123456789/._-+,:@%".unicodeScalars.contains($0))
        }
        let word = isPlain ? database : "'" + database.replacing("'", with: "'\\''") + "'"
        return "dltrace report --database " + word.printable
    }

    private func fails(_ analysis: Analysis?) -> Bool {
        guard let failOn, let worst = analysis?.worst else { return false }
        return worst >= failOn
    }

    /// Prints what the rules find in the processes of these runs, and in no others: somebody else may record
    /// into the same database.
    private func tell(of runs: [[ProcessName]], endings: [ProgramEnd]?) throws -> Analysis? {
        let analyzer = Analyzer(try TraceDatabase(path: database))
        var runOfName: [ProcessName: Int] = [:]
        for (run, names) in runs.enumerated() {
            for name in names { runOfName[name] = run }
        }
        var runOfProcess: [Int64: Int] = [:]
        for process in try analyzer.processes() {
            runOfProcess[process.id] = Self.name(of: process).flatMap { runOfName[$0] }
        }
        guard !runOfProcess.isEmpty else { return nil }
        let analysis = try analyzer.analyze(
            .ids(runOfProcess.keys.sorted()), rules: .builtIn(), suppressions: suppressions)
        guard !isQuiet else { return analysis }
        let theme = Terminal.theme(of: STDERR_FILENO)
        let text: String
        if let endings {
            text = RepeatSummary(theme: theme, report: report).render(
                RepeatSummary.Runs(
                    endings: endings.map(Self.ending), analysis: analysis,
                    runOfProcess: runOfProcess))
        } else {
            text = RunSummary(theme: theme, report: report).render(analysis)
        }
        Diagnostics.say(String(text.dropLast()))
        return analysis
    }

    private static func name(of process: TracedProcess) -> ProcessName? {
        guard let started = process.startedUnixNs, let pid = Int32(exactly: process.pid) else {
            return nil
        }
        return ProcessName(pid: pid, startedUnixNs: UInt64(bitPattern: started))
    }

    private static func ending(_ end: ProgramEnd) -> ProcessEnding {
        switch end {
        case .exited(let status): .exited(status: Int64(status))
        case .killed(let signal, _): .killed(signal: Int64(signal))
        }
    }
}
