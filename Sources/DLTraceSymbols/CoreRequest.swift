// SPDX-License-Identifier: Apache-2.0

/// A question for the stacks in a core file.
package struct CoreRequest: Codable, Hashable, Sendable {
    /// The core file's path.
    package var path: String

    /// The program's path, for core files that do not show it; nil: not known.
    package var executable: String?

    /// What was loaded at any time of the process, the newest first.
    package var libraries: [CoreLibrary]

    /// Whether the threads' stacks are read, or only whose core file it is.
    package var readsThreads: Bool

    /// Creates a request.
    package init(
        path: String, executable: String? = nil, libraries: [CoreLibrary] = [],
        readsThreads: Bool = true
    ) {
        self.path = path
        self.executable = executable
        self.libraries = libraries
        self.readsThreads = readsThreads
    }
}
