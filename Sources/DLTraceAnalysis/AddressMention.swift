// SPDX-License-Identifier: Apache-2.0

/// An address in a line of somebody else's output, and where its name goes.
package struct AddressMention: Sendable, Equatable {
    /// How the name is put into the line.
    package enum Form: Sendable, Equatable {
        /// A frame: in the place of what says that there is no name; with this word in front.
        case frame(named: String)
        /// Anything else: behind the address.
        case number
        /// A line of the kernel's log about a program: at its end, with what the address is.
        case kernel(what: String, program: String)
    }

    /// The address.
    package let address: UInt64
    /// Whether it is a program counter; else a return address.
    package let isExact: Bool
    /// The pid that the line, or the report it belongs to, names.
    package let pid: Int64?
    /// How the name is put into the line.
    package let form: Form
    /// What the name replaces, in bytes of the line; empty: where it is put.
    package let range: Range<Int>
}
