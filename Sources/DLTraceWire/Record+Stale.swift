// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// A handle that was closed for good is used: `struct dlt_wire_stale`.
    package struct Stale: Hashable, Sendable {
        /// As given.
        package var handle: UInt64
        /// Of the object that is still there with this handle; else 0.
        package var generation: UInt32
        /// The number of a `StaleFunction`; it may be an unknown one.
        package var functionNumber: UInt16
        /// The symbol asked for.
        package var name: WireText
        /// Who called.
        package var stack: WireStack

        /// A body of these values.
        package init(
            handle: UInt64, generation: UInt32 = 0, functionNumber: UInt16, name: WireText = "",
            stack: WireStack = WireStack()
        ) {
            self.handle = handle
            self.generation = generation
            self.functionNumber = functionNumber
            self.name = name
            self.stack = stack
        }

        /// Which function it was given to; nil for one that this version does not know.
        package var function: StaleFunction? { StaleFunction(rawValue: functionNumber) }
    }
}
