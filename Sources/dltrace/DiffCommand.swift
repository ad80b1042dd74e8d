// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace diff`: did my fix work?
struct DiffCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract:
            "Compare the findings of two processes or runs: which are gone, new, and the same.",
        discussion: """
            Findings are the same if rule, severity, library and the functions on their stacks are; not \
            addresses, numbers and times. Exits with 1 if --fail-on is given and a new finding is at or \
            above it.
            """)

    @OptionGroup var database: DatabaseOption

    @Argument(
        help: ArgumentHelp(
            "The older one: as --process of `dltrace report`, of another database as FILE or FILE:PROCESS.",
            valueName: "before"))
    var before = ComparedSide(.run(back: 1))

    @Argument(help: ArgumentHelp("The newer one.", valueName: "after"))
    var after = ComparedSide(.last)

    @Option(help: "How to answer.")
    var format = Format.text

    @Option(help: "Exit with 1 if a new finding is this bad or worse.")
    var failOn: Severity?

    @OptionGroup var rules: RuleOption

    @OptionGroup var suppressions: SuppressOption

    func run() throws {
        let set = try rules.read()
        let suppressed = try suppressions.read()
        func analysis(_ side: ComparedSide) throws -> Analysis {
            try database.at(side.file).analyzer().analyze(
                side.processes, rules: set, suppressions: suppressed)
        }
        let comparison = Comparison(before: try analysis(before), after: try analysis(after))
        let report = ComparisonReport(theme: Terminal.theme)
        switch format {
        case .text: print(report.text(comparison), terminator: "")
        case .json: print(try report.json(comparison), terminator: "")
        }
        if let failOn, let worst = comparison.worstNew, worst >= failOn { throw ExitCode(1) }
    }
}
