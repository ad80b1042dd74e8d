// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Begins a dlclose(3): `struct dlt_wire_dlclose`.
    package struct Close: Hashable, Sendable {
        /// As given.
        package var handle: UInt64
        /// Of the object whose handle this is; 0 where no live one has it.
        package var generation: UInt32
        /// Who called.
        package var stack: WireStack

        /// A body of these values.
        package init(handle: UInt64, generation: UInt32 = 0, stack: WireStack = WireStack()) {
            self.handle = handle
            self.generation = generation
            self.stack = stack
        }
    }
}
