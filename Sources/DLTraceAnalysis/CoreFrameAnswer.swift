// SPDX-License-Identifier: Apache-2.0

/// A place on a stack of a core file, with what the trace knows of it.
package struct CoreFrameAnswer: Sendable, Equatable {
    /// The program counter, or a return address.
    package let address: UInt64
    /// The full path of the library that lies or lay there.
    package let library: String?
    /// The address in its file.
    package let offset: UInt64?
    /// The functions there, the innermost inlined one first; empty where there is no name.
    package let functions: [CodeName.Function]
    /// What had become of the library when the core file was made.
    package let state: FrameState?
}
