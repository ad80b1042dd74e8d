// SPDX-License-Identifier: Apache-2.0

/// A place in a file whose name is asked for.
package struct SymbolAddress: Codable, Hashable, Sendable {
    /// The address in the file's own terms: the address in the process less the library's base.
    package var fileAddress: UInt64

    /// Whether it is a program counter or a function's address.
    ///
    /// False for a return address. The instruction that returns there is the one before, which
    /// can belong to another line, another inlined function, or, after a call that never returns,
    /// another function; so the byte before it is looked up. Offsets still count to the return
    /// address itself, as gdb and `backtrace_symbols` show them.
    package var isExact: Bool

    /// Creates an address.
    package init(fileAddress: UInt64, isExact: Bool) {
        self.fileAddress = fileAddress
        self.isExact = isExact
    }

    /// The address to look up.
    var lookedUp: UInt64 { isExact || fileAddress == 0 ? fileAddress : fileAddress - 1 }

    private enum CodingKeys: String, CodingKey {
        case fileAddress = "a"
        case isExact = "e"
    }
}
