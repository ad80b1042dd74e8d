// SPDX-License-Identifier: Apache-2.0

/// The library that an event is about.
package struct EventLibrary: Sendable, Equatable {
    /// Its full path.
    package let path: String
    /// Its build id in hex, empty if it has none.
    package let buildID: String
    /// Its DT_SONAME.
    package let soname: String?
    /// The number of this load in its process.
    package let generation: Int64
    /// What to add to an address in its file.
    package let baseAddress: UInt64
    /// The lowest mapped address.
    package let startAddress: UInt64
    /// The first address behind it.
    package let endAddress: UInt64
    /// 0 is the program's own, see dlmopen(3).
    package let namespace: Int64
    /// Whether it was there before the program's own code ran.
    package let isAtStart: Bool
}
