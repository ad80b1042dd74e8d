// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// An object that is gone: `struct dlt_wire_unload`.
    package struct Unload: Hashable, Sendable {
        /// Which load of the process is over.
        package var generation: UInt32

        /// A body of these values.
        package init(generation: UInt32) {
            self.generation = generation
        }
    }
}
