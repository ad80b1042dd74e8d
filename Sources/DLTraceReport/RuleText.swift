// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace explain`.
package struct RuleText {
    /// The renderer.
    package init() {}

    /// A rule's documentation.
    package func explanation(of rule: Rule) -> String {
        let lines = rule.documentation.split(separator: "\n", omittingEmptySubsequences: false)
        return ([rule.id[...]] + lines).map { String($0).printable + "\n" }.joined()
    }

    /// Ids and titles.
    package func list(_ rules: RuleSet) -> String {
        var table = Table(["RULE", "FINDS"])
        for rule in rules.rules {
            table.add([rule.id, rule.title])
        }
        return table.text
    }
}
