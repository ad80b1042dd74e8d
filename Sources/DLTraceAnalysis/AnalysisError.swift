// SPDX-License-Identifier: Apache-2.0

/// What can go wrong when a trace is read for an answer.
package struct AnalysisError: Error, CustomStringConvertible, Equatable {
    /// What kind of failure it is.
    package enum Code: Sendable {
        /// A rule file can't be read, is not in the form of a rule, or fails.
        case badRule
        /// A suppression file can't be read, or has a line that is none.
        case badSuppression
        /// There is no rule of that id.
        case noSuchRule
        /// There is no process of that number.
        case noSuchProcess
        /// The question is about one process, and several were chosen.
        case severalProcesses
        /// No library is meant by that name, or several are.
        case noSuchLibrary
        /// No process is the one that a core file is of.
        case noSuchCore
        /// Nothing was traced yet.
        case noProcess
        /// The SQL of a query is wrong, or does more than read.
        case badQuery
    }

    /// What kind of failure it is.
    package let code: Code
    /// What failed.
    package let what: String
    /// Why.
    package let why: String
    /// What to do about it.
    package let advice: String

    package var description: String { "\(what): \(why)" }
}
