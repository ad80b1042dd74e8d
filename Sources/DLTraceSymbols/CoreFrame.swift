// SPDX-License-Identifier: Apache-2.0

/// A frame of a thread in a core file.
package struct CoreFrame: Codable, Hashable, Sendable {
    /// The program counter, or the return address.
    package var address: UInt64

    /// Whether it is a program counter.
    package var isExact: Bool

    /// The file that lies or lay there; nil: none that is known.
    package var path: String?

    /// The address in the file's own terms.
    package var fileAddress: UInt64?

    /// Whether the library was not mapped any more.
    package var isUnloaded: Bool

    /// The functions there, innermost first; empty without names.
    package var functions: [ResolvedFrame]
}
