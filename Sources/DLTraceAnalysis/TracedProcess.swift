// SPDX-License-Identifier: Apache-2.0

/// One process image, how it ended, and how complete its trace is.
package struct TracedProcess: Sendable, Equatable {
    /// dltrace's own number.
    package let id: Int64
    /// As the process itself saw it.
    package let pid: Int64
    /// Its parent's pid.
    package let ppid: Int64?
    /// The process it was forked from, if that was traced.
    package let parent: Int64?
    /// The full path of its program.
    package let executable: String?
    /// Its arguments, with the program's name in front.
    package let arguments: [String]
    /// Nanoseconds since 1970.
    package let startedUnixNs: Int64?
    /// Nanoseconds since 1970.
    package let endedUnixNs: Int64?
    /// How it ended.
    package let ending: ProcessEnding
    /// Whether it left a core file, if that is known.
    package let coreDumped: Bool?
    /// Whether everything up to an orderly end is there.
    package let isComplete: Bool
    /// Records that it made and that never arrived.
    package let lostRecords: Int64
    /// Stretches of bytes that claim to be of it and were no record.
    package let brokenInputs: Int64
    /// Loads and unloads at run time of which no call was seen.
    package let unseenCallers: Int64
    /// What was different in how it was traced.
    package let modes: [TracerMode]
}
