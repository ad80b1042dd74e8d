// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// One process image: who it was and how it ended, which costs little to find out.
package struct ProcessImage: Sendable, Equatable {
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
    /// Its arguments, as the database has them: a JSON array.
    let argumentList: String?
    /// Nanoseconds since 1970.
    package let startedUnixNs: Int64?
    /// The same moment by the clock of events.
    package let startedNs: Int64?
    /// Nanoseconds since 1970.
    package let endedUnixNs: Int64?
    /// How it ended.
    package let ending: ProcessEnding
    /// Whether it left a core file, if that is known.
    package let coreDumped: Bool?

    /// Its arguments, with the program's name in front; read anew each time, since few of ten thousand are shown.
    package var arguments: [String] {
        guard let argumentList else { return [] }
        return (try? JSONDecoder().decode([String].self, from: Data(argumentList.utf8))) ?? []
    }
}
