// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// A new thread is about to run its routine: `struct dlt_wire_thread_start`.
    package struct ThreadStart: Hashable, Sendable {
        /// Of the record of its creation.
        package var threadSeq: UInt64
        /// The start routine.
        package var function: UInt64
        /// Of the object the routine lies in; 0 where none does.
        package var generation: UInt32

        /// A body of these values.
        package init(
            threadSeq: UInt64, function: UInt64, generation: UInt32 = 0
        ) {
            self.threadSeq = threadSeq
            self.function = function
            self.generation = generation
        }
    }
}
