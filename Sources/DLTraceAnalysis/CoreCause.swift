// SPDX-License-Identifier: Apache-2.0

/// The library that a fault came of, as the core file and the trace together tell.
package struct CoreCause: Sendable, Equatable {
    /// Where the library comes in.
    package enum Part: String, Sendable {
        /// The program counter lies in it.
        case pc
        /// The address that could not be accessed does.
        case address
        /// The thread would have returned to it.
        case frame
    }

    /// Where the library comes in.
    package let part: Part
    /// The address in it.
    package let address: UInt64
    /// What lay there; of several the newest first.
    package let places: [AddressPlace]
    /// The dlopen that the newest of them was opened by, or came along with.
    package let open: Evidence?
    /// The dlclose, or failed dlopen, that unloaded it, or beneath which it was finalized.
    package let close: Evidence?
}
