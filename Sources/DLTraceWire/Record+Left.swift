// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// What still refers to an object that goes: `struct dlt_wire_left`.
    package struct Left: Hashable, Sendable {
        /// In the object: function, string, return address.
        package var address: UInt64
        /// Key, signal or tid, see `enum dlt_wire_reference`.
        package var number: Int64
        /// Of the object that goes.
        package var generation: UInt32
        /// The number of a `ReferenceType`; it may be an unknown one.
        package var typeNumber: UInt16
        /// Of a pointer: the address of the word; else 0.
        package var holder: UInt64
        /// Of a pointer: the object with the word; else 0.
        package var holderGeneration: UInt32
        /// The stream that has that record: an ancestor's after a fork.
        package var registeredStream: UInt64
        /// Of the record that made it; 0 where none was seen.
        package var registeredSeq: UInt64
        /// An environment variable's name.
        package var text: WireText
        /// Of a thread's frame: that thread's.
        package var stack: WireStack

        /// A body of these values.
        package init(
            address: UInt64, number: Int64 = 0, generation: UInt32, typeNumber: UInt16,
            holder: UInt64 = 0, holderGeneration: UInt32 = 0, registeredStream: UInt64 = 0,
            registeredSeq: UInt64 = 0, text: WireText = "", stack: WireStack = WireStack()
        ) {
            self.address = address
            self.number = number
            self.generation = generation
            self.typeNumber = typeNumber
            self.holder = holder
            self.holderGeneration = holderGeneration
            self.registeredStream = registeredStream
            self.registeredSeq = registeredSeq
            self.text = text
            self.stack = stack
        }

        /// What refers to it; nil for what this version does not know.
        package var type: ReferenceType? { ReferenceType(rawValue: typeNumber) }
    }
}
