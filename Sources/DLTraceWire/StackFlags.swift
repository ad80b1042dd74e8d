// SPDX-License-Identifier: Apache-2.0

/// What is special about a backtrace: `dlt_wire_stack.flags`.
package struct StackFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    /// The flags of these bits; unknown ones are kept.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// It had more frames than a record holds.
    package static let truncated = StackFlags(rawValue: 0x0001)
    /// Frame 0 is the program counter itself, not a return address.
    package static let exact = StackFlags(rawValue: 0x0002)
    /// It ended at a frame without unwind information or with a bad one.
    package static let broken = StackFlags(rawValue: 0x0004)
    /// It ends at the enclosing event, whose stack continues it.
    package static let enclosed = StackFlags(rawValue: 0x0008)
}
