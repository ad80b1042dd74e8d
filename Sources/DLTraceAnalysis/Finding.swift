// SPDX-License-Identifier: Apache-2.0

/// What a rule found.
package struct Finding: Sendable, Equatable {
    /// The rule's id.
    package let rule: String
    /// How bad it is.
    package let severity: Severity
    /// dltrace's number of the process.
    package let process: Int64
    /// The full path of the library that it is about.
    package let library: String?
    /// What happened, in one sentence.
    package let message: String
    /// More about it, line by line.
    package let detail: [String]
    /// The events that show it.
    package let evidence: [Evidence]
    /// What can be done, one remedy each.
    package let remedies: [String]
    /// Whether a text needs no more than the message.
    package let isBrief: Bool
}
