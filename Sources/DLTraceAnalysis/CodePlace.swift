// SPDX-License-Identifier: Apache-2.0

/// A place in a file whose name is asked for.
package struct CodePlace: Hashable, Sendable {
    /// The file, a row of table binary.
    package let binary: Int64
    /// The address in the file's own terms.
    package let fileAddress: UInt64
    /// Whether it is a program counter; else a return address, whose call is what counts.
    package let isExact: Bool
}
