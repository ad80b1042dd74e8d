// SPDX-License-Identifier: Apache-2.0

/// What was no record in a pipe or spill file, and claims to be of one process, or of none that is known.
package struct BrokenSource: Sendable, Equatable {
    /// The path; of whole records that were refused, the word stream and their stream's number.
    package let source: String
    /// The process; nil: none that is known.
    package let process: Int64?
    /// That process's pid.
    package let pid: Int64?
    /// How many stretches of bytes were no record.
    package let stretches: Int64
    /// Whether there were more in the source than are stored.
    package let isCut: Bool
    /// How many bytes were passed over.
    package let skippedBytes: Int64
    /// The first stretches.
    package let first: [BrokenStretch]
}
