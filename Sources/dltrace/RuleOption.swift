// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis

/// `--rule` and `--rules`: which rules are run.
struct RuleOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Run this rule only; can be repeated.", valueName: "id"),
        completion: RuleOption.ids)
    var rule: [String] = []

    @Option(
        help: ArgumentHelp("Add the rules in a folder; can be repeated.", valueName: "folder"),
        completion: .directory)
    var rules: [String] = []

    /// The ids of the rules that are built in, for a shell that completes one.
    static let ids = CompletionKind.custom { _, _, _ in (try? RuleSet.builtIn().ids) ?? [] }

    /// The rules, read.
    func read() throws -> RuleSet {
        var set = try RuleSet.builtIn()
        for folder in rules {
            try set.add(folder: folder)
        }
        return rule.isEmpty ? set : try set.only(rule)
    }
}
