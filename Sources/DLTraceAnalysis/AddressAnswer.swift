// SPDX-License-Identifier: Apache-2.0

/// What lay at an address of a process.
package struct AddressAnswer: Sendable, Equatable {
    /// The process.
    package let process: ProcessImage
    /// The address.
    package let address: UInt64
    /// The moment that was asked about, an event of the process; nil: its end.
    package let event: Int64?
    /// What lay there, the newest first; empty: never a library.
    package let places: [AddressPlace]
    /// How many more loads lay there, all of them earlier.
    package let earlierPlaces: Int
}
