// SPDX-License-Identifier: Apache-2.0

/// A library that lay at an address, and what was there in it.
package struct AddressPlace: Sendable, Equatable {
    /// The library, with its life.
    package let library: PlacedLibrary
    /// The address in the library's file.
    package let offset: UInt64
    /// What had become of the library at the moment that was asked about.
    package let state: FrameState
    /// The functions there.
    package let name: CodeName
}
