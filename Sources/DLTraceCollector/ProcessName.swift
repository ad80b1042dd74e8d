// SPDX-License-Identifier: Apache-2.0

/// What tells a process image from every other one in a database, as it says of itself in its HELLO.
package struct ProcessName: Hashable, Sendable {
    /// Its number, which may be used again later.
    package let pid: Int32
    /// When it said so, wall-clock time in ns since 1970.
    package let startedUnixNs: UInt64

    /// A name of these parts.
    package init(pid: Int32, startedUnixNs: UInt64) {
        self.pid = pid
        self.startedUnixNs = startedUnixNs
    }
}
