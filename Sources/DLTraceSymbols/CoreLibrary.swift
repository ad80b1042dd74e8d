// SPDX-License-Identifier: Apache-2.0

/// A library as a trace has it, for a core file that may not have it any more.
package struct CoreLibrary: Codable, Hashable, Sendable {
    /// The file's path.
    package var path: String

    /// Its build id in lower-case hex, empty where it has none.
    package var buildID: String

    /// What to add to an address in the file.
    package var base: UInt64

    /// The addresses it had: from the first to the one behind the last.
    package var extent: Range<UInt64>

    /// Creates a library.
    package init(path: String, buildID: String, base: UInt64, extent: Range<UInt64>) {
        self.path = path
        self.buildID = buildID
        self.base = base
        self.extent = extent
    }
}
