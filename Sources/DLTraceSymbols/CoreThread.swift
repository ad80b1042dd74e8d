// SPDX-License-Identifier: Apache-2.0

/// A thread in a core file.
package struct CoreThread: Codable, Hashable, Sendable {
    /// Its id, gettid(2).
    package var id: Int32

    /// Its stack, innermost first.
    package var frames: [CoreFrame]

    /// Why the stack may go on beyond its last frame; nil: it does not.
    package var obstacle: String?
}
