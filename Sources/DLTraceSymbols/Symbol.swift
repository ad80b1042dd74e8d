// SPDX-License-Identifier: Apache-2.0

/// A symbol as a file has it.
struct Symbol: Equatable {
    /// Its name, not demangled.
    var name: String

    /// The address in the file where it starts.
    var start: UInt64

    /// Whether it is a stub that jumps to the symbol in another file.
    var isStub = false

    /// Whether it is a variable.
    var isData = false

    /// The name for people: demangled, a stub's marked as gdb does.
    var readableName: String { Demangler.readable(name) + (isStub ? "@plt" : "") }
}
