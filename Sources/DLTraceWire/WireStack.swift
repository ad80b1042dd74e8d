// SPDX-License-Identifier: Apache-2.0

/// A backtrace.
package struct WireStack: Hashable, Sendable {
    /// Return addresses, innermost first.
    package var addresses: [UInt64]
    /// What is special about it.
    package var flags: StackFlags

    /// A backtrace of these addresses, innermost first.
    package init(_ addresses: [UInt64] = [], flags: StackFlags = []) {
        self.addresses = addresses
        self.flags = flags
    }
}
