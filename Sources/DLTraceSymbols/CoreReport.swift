// SPDX-License-Identifier: Apache-2.0

/// What a core file tells.
package struct CoreReport: Codable, Hashable, Sendable {
    /// The process's id.
    package var process: Int32

    /// When the file was written, in ns since 1970.
    package var writtenUnixNs: Int64?

    /// The signal that ended it, signal(7); nil: not recorded, as in a core that gcore(1) made.
    package var signal: Int32?

    /// The signal's si_code, sigaction(2).
    package var code: Int32?

    /// The address that could not be accessed; nil: the signal was not about one.
    package var faultAddress: UInt64?

    /// Whether the file ends before what it says to hold.
    package var isTruncated = false

    /// What was mapped.
    package var modules: [CoreModule] = []

    /// All threads, the one that got the signal first.
    package var threads: [CoreThread]

    /// The libraries given that had been unloaded and whose files were used.
    package var unloaded: [CoreLibrary]

    /// The libraries given that had been unloaded and whose files were not there, or others.
    package var missing: [CoreLibrary]
}
