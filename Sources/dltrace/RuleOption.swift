// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis

/// `--rule` and `--rules`: which rules are run.
struct RuleOption: ParsableArguments {
    @Option(help: ArgumentHelp("Run this rule only; can be repeated.", valueName: "id"))
    var rule: [String] = []

    @Option(help: ArgumentHelp("Add the rules in a folder; can be repeated.", valueName: "folder"))
    var rules: [String] = []

    /// The rules, read.
    func read() throws -> RuleSet {
        var set = try RuleSet.builtIn()
        for folder in rules {
            try set.add(folder: folder)
        }
        return rule.isEmpty ? set : try set.only(rule)
    }
}
