// SPDX-License-Identifier: Apache-2.0

/// The process of a trace that a core file is taken to be of.
package struct CoreMatch: Sendable, Equatable {
    /// How sure that is.
    package enum Certainty: String, Sendable {
        /// The libraries lie where the trace has them, under the same pid.
        case certain
        /// The pid or the places agree, not both.
        case likely
        /// The user said so, and what the core file holds does not speak against it.
        case given
        /// The user said so, but the core file looks like that of another process.
        case doubtful
    }

    /// The process.
    package let process: ProcessImage
    /// How sure it is.
    package let certainty: Certainty
    /// Whether the pid is that of the process.
    package let isSamePid: Bool
    /// How many libraries lie in the core file where the trace has them.
    package let librariesInPlace: Int
    /// How many libraries of the trace the core file has elsewhere.
    package let librariesElsewhere: Int
}
