// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Begins one call of a destructor function: `struct dlt_wire_function`.
    package struct Function: Hashable, Sendable {
        /// Its address.
        package var function: UInt64
        /// As registered; 0 where it takes none.
        package var argument: UInt64
        /// As registered with __cxa_atexit; 0 elsewhere.
        package var dsoHandle: UInt64
        /// Of the object the function lies in; 0 where none does.
        package var generation: UInt32
        /// The number of a `FunctionType`; it may be an unknown one.
        package var typeNumber: UInt16

        /// A body of these values.
        package init(
            function: UInt64, argument: UInt64 = 0, dsoHandle: UInt64 = 0, generation: UInt32 = 0,
            typeNumber: UInt16
        ) {
            self.function = function
            self.argument = argument
            self.dsoHandle = dsoHandle
            self.generation = generation
            self.typeNumber = typeNumber
        }

        /// Why it runs; nil for a reason that this version does not know.
        package var type: FunctionType? { FunctionType(rawValue: typeNumber) }
    }
}
