// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// A thread is about to be created: `struct dlt_wire_thread`.
    package struct Thread: Hashable, Sendable {
        /// The start routine.
        package var function: UInt64
        /// As given.
        package var argument: UInt64
        /// Of the object the routine lies in; 0 where none does.
        package var generation: UInt32
        /// Who creates it.
        package var stack: WireStack

        /// A body of these values.
        package init(
            function: UInt64, argument: UInt64 = 0, generation: UInt32 = 0,
            stack: WireStack = WireStack()
        ) {
            self.function = function
            self.argument = argument
            self.generation = generation
            self.stack = stack
        }
    }
}
