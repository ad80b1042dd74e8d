// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Records that could be written nowhere: `struct dlt_wire_lost`.
    package struct Lost: Hashable, Sendable {
        /// How many since the last of these, or the HELLO.
        package var records: UInt64

        /// A body of these values.
        package init(records: UInt64) {
            self.records = records
        }
    }
}
