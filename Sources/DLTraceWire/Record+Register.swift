// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// An address is given to the C library, or taken back: `struct dlt_wire_register`.
    package struct Register: Hashable, Sendable {
        /// Of the function or string.
        package var address: UInt64
        /// As registered; 0 where it takes none.
        package var argument: UInt64
        /// As registered; 0 where there is none.
        package var dsoHandle: UInt64
        /// Key or signal, see `enum dlt_wire_reference`.
        package var number: Int64
        /// Of the object the address lies in; 0 where none does.
        package var generation: UInt32
        /// The number of a `ReferenceType`; it may be an unknown one.
        package var typeNumber: UInt16
        /// An environment variable's name.
        package var text: WireText
        /// Who called.
        package var stack: WireStack

        /// A body of these values.
        package init(
            address: UInt64, argument: UInt64 = 0, dsoHandle: UInt64 = 0, number: Int64 = 0,
            generation: UInt32 = 0, typeNumber: UInt16, text: WireText = "",
            stack: WireStack = WireStack()
        ) {
            self.address = address
            self.argument = argument
            self.dsoHandle = dsoHandle
            self.number = number
            self.generation = generation
            self.typeNumber = typeNumber
            self.text = text
            self.stack = stack
        }

        /// What was registered; nil for what this version does not know.
        package var type: ReferenceType? { ReferenceType(rawValue: typeNumber) }
    }
}
