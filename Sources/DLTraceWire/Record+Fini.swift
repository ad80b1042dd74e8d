// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Begins the finalization, or the initialization, of one object: `struct dlt_wire_fini`.
    package struct Fini: Hashable, Sendable {
        /// Of the object.
        package var generation: UInt32
        /// DLT_WIRE_FINI_* of dltrace_wire.h.
        package var flags: UInt32

        /// A body of these values.
        package init(generation: UInt32, flags: UInt32 = 0) {
            self.generation = generation
            self.flags = flags
        }
    }
}
