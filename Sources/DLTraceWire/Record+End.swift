// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Ends the event whose seq is the header's parent: `struct dlt_wire_end`.
    package struct End: Hashable, Sendable {
        /// dlopen, dlmopen: the handle; dlclose: the int returned.
        package var result: UInt64
        /// dlopen, dlmopen: of the object that the handle names, 0 on failure.
        package var generation: UInt32
        /// dlerror(3)'s text on failure.
        package var text: WireText

        /// A body of these values.
        package init(result: UInt64 = 0, generation: UInt32 = 0, text: WireText = "") {
            self.result = result
            self.generation = generation
            self.text = text
        }
    }
}
