// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// The process forked: `struct dlt_wire_fork`.
    package struct Fork: Hashable, Sendable {
        /// The stream the child opens, if the fork succeeded.
        package var childStream: UInt64

        /// A body of these values.
        package init(childStream: UInt64) {
            self.childStream = childStream
        }
    }
}
