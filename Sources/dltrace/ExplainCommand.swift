// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace explain`: a rule's own documentation.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a rule; without one, list them.")

    @Argument(
        help: ArgumentHelp("The rule's id, as reports name it.", valueName: "rule"),
        completion: RuleOption.ids)
    var rule: String?

    @Option(
        help: ArgumentHelp("Add the rules in a folder; can be repeated.", valueName: "folder"),
        completion: .directory)
    var rules: [String] = []

    func run() throws {
        var set = try RuleSet.builtIn()
        for folder in rules {
            try set.add(folder: folder)
        }
        if let rule {
            print(RuleText().explanation(of: try set.rule(rule)), terminator: "")
        } else {
            print(RuleText().list(set), terminator: "")
        }
    }
}
