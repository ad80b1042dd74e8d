// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What became of a command; its description is what a failed expectation prints.
struct Outcome: CustomStringConvertible {
    let command: Command
    let pid: pid_t
    let ending: Ending
    let stdout: Data
    let stderr: Data

    var output: String { String(decoding: stdout, as: UTF8.self) }
    var errors: String { String(decoding: stderr, as: UTF8.self) }

    /// The output with any white space for one blank, as victims spell their expectation.
    var words: String { normalized(output) }

    var description: String {
        """

        command: \(([command.executable] + command.arguments).joined(separator: " "))
        ending: \(ending)
        stdout: \(output.suffix(4_000))
        stderr: \(errors.suffix(4_000))
        """
    }
}

/// Any run of white space for one blank.
func normalized(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
