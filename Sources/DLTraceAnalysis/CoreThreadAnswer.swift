// SPDX-License-Identifier: Apache-2.0

/// A thread of a core file.
package struct CoreThreadAnswer: Sendable, Equatable {
    /// Its id, gettid(2).
    package let id: Int64
    /// Its stack, innermost first.
    package let frames: [CoreFrameAnswer]
    /// Why the stack may go on beyond its last frame.
    package let obstacle: String?
}
