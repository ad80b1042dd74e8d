// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace report`: what the rules find.
struct ReportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
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
                "last is the newest program that nothing traced started, with all its children.",
            valueName: "id|last|all"))
    var process = ProcessSelection.last

    @Option(help: "How to answer.")
    var format = Format.text

    @Option(help: "Exit with 1 if a finding is this bad or worse.")
    var failOn: Severity?

    @Option(help: ArgumentHelp("Run this rule only; can be repeated.", valueName: "id"))
    var rule: [String] = []

    @Option(help: ArgumentHelp("Add the rules in a folder; can be repeated.", valueName: "folder"))
    var rules: [String] = []

    func run() throws {
        var set = try RuleSet.builtIn()
        for folder in rules {
            try set.add(folder: folder)
        }
        if !rule.isEmpty { set = try set.only(rule) }
        let analysis = try database.analyzer().analyze(process, rules: set)
        switch format {
        case .text: print(TextReport(theme: Terminal.theme).render(analysis), terminator: "")
        case .json: print(try JSONReport().render(analysis), terminator: "")
        }
        if let failOn, let worst = analysis.worst, worst >= failOn { throw ExitCode(1) }
    }
}
