// SPDX-License-Identifier: Apache-2.0

/// A core file explained by a trace.
package struct CoreAnswer: Sendable {
    /// The core file itself.
    package let image: CoreImage
    /// Whose it is.
    package let match: CoreMatch
    /// All threads, the one that got the signal first.
    package let threads: [CoreThreadAnswer]
    /// The unloaded or finalized library that the fault came of; nil: there is none.
    package let cause: CoreCause?
    /// What the rules found about the process's end.
    package let findings: [Finding]
    /// Paths of files that are gone or were replaced since, so that names are missing.
    package let changedFiles: [String]
}
