// SPDX-License-Identifier: Apache-2.0

/// What is known of a loaded object: `dlt_wire_load.properties`.
package struct LibraryProperties: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16

    /// The properties of these bits; unknown ones are kept.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// It defines an STB_GNU_UNIQUE symbol.
    package static let hasUnique = LibraryProperties(rawValue: 0x0001)
    /// It has a PT_TLS segment.
    package static let hasTLS = LibraryProperties(rawValue: 0x0002)
    /// It has an init function.
    package static let hasInit = LibraryProperties(rawValue: 0x0004)
    /// It has a fini function.
    package static let hasFini = LibraryProperties(rawValue: 0x0008)
    /// It was there before the program's own code ran.
    package static let atStart = LibraryProperties(rawValue: 0x0010)
    /// Its fini functions could not be hooked.
    package static let unseenFini = LibraryProperties(rawValue: 0x0020)
    /// It has DT_SYMBOLIC or DF_SYMBOLIC.
    package static let hasSymbolic = LibraryProperties(rawValue: 0x0040)
    /// DLTRACE_PIN names it: it is never unloaded.
    package static let pinned = LibraryProperties(rawValue: 0x0080)
}
