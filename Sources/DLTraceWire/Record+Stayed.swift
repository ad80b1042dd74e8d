// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Why a dlclose left an object: `struct dlt_wire_stayed`.
    package struct Stayed: Hashable, Sendable {
        /// Of the object that stayed.
        package var generation: UInt32
        /// Of the object that binds to it.
        package var holderGeneration: UInt32
        /// The number of a `StayReason`; it may be an unknown one.
        package var reasonNumber: UInt16
        /// That it binds to.
        package var symbol: WireText

        /// A body of these values.
        package init(
            generation: UInt32, holderGeneration: UInt32 = 0, reasonNumber: UInt16,
            symbol: WireText = ""
        ) {
            self.generation = generation
            self.holderGeneration = holderGeneration
            self.reasonNumber = reasonNumber
            self.symbol = symbol
        }

        /// What keeps it; nil for a reason that this version does not know.
        package var reason: StayReason? { StayReason(rawValue: reasonNumber) }
    }
}
