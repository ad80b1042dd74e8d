// SPDX-License-Identifier: Apache-2.0

/// One line of a stack: an address and what lay there, as far as it is known.
package struct Frame: Sendable, Equatable {
    /// The event whose own stack this is of: the one asked for, or one around it.
    package let event: Int64
    /// A return address, or the program counter itself.
    package let address: UInt64
    /// The full path of the library that lay there, also if it was unloaded by then.
    package let library: String?
    /// The address in the library's file.
    package let offset: UInt64?
    /// The function, demangled.
    package let symbol: String?
    /// Bytes from the start of the function; of an inlined one it is not known.
    package let symbolOffset: Int64?
    /// The source file.
    package let file: String?
    /// The line in it.
    package let line: Int64?
    /// The state of the library when the event happened.
    package let state: FrameState?
    /// Whether the function was inlined into the one of the next line.
    package let isInlined: Bool
}
