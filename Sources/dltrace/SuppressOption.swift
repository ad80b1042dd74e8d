// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis

/// `--suppress`: findings that nobody wants to hear of.
struct SuppressOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Leave out the findings that a file lists; can be repeated.",
            discussion: "Its lines are RULE LIBRARY [SYMBOL]; see docs/cli.md, Suppressions.",
            valueName: "file"), completion: .file())
    var suppress: [String] = []

    /// The suppressions, read, in the order of the files.
    func read() throws -> [Suppression] {
        try suppress.flatMap(SuppressionFile.read)
    }
}
