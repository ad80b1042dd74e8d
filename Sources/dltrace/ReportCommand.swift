// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace report`: what the rules find.
struct ReportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case suppressions
    }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Report what went wrong, or would surprise.",
        discussion: "Exits with 1 if --fail-on is given and a finding is at or above it.")

    @OptionGroup var database: DatabaseOption

    @Option(
        help: ArgumentHelp(
            "Which processes: a number of `dltrace processes`, last, or all.",
            discussion:
                "last is the newest program that nothing traced started, with all its children; last~1 "
                + "the one before it. A number with + behind it: with all that came of that process.",
            valueName: "id|id+|last|last~N|all"))
    var process = ProcessSelection.last

    @Option(help: "How to answer; suppressions: as a file for --suppress.")
    var format = Format.text

    @Option(help: "Exit with 1 if a finding is this bad or worse.")
    var failOn: Severity?

    @OptionGroup var rules: RuleOption

    @OptionGroup var suppressions: SuppressOption

    @Flag(
        name: [.customShort("v"), .customLong("show-suppressions")],
        help: "List each suppression with its uses.")
    var showSuppressions = false

    func run() throws {
        let set = try rules.read()
        let suppressed = try suppressions.read()
        let analysis = try database.analyzer().analyze(
            process, rules: set, suppressions: suppressed)
        switch format {
        case .text:
            let report = TextReport(theme: Terminal.theme, showsSuppressions: showSuppressions)
            print(report.render(analysis), terminator: "")
        case .json: print(try JSONReport().render(analysis), terminator: "")
        case .suppressions: print(SuppressionText().file(for: analysis), terminator: "")
        }
        if let failOn, let worst = analysis.worst, worst >= failOn { throw ExitCode(1) }
    }
}
