// SPDX-License-Identifier: Apache-2.0

/// A file that was mapped when a core file was made.
package struct CoreModule: Codable, Hashable, Sendable {
    /// Its path, or what else it is called by.
    package var path: String

    /// What to add to an address in the file, as far as that could be found out.
    package var base: UInt64?

    /// Where it starts.
    package var start: UInt64

    /// Its build id in lower-case hex, empty where the core file does not show one.
    package var buildID: String

    /// Whether the file is there as it was, so that names can be read from it.
    package var isReadable: Bool
}
