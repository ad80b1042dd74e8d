// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// The process starts to exit: `struct dlt_wire_exit`.
    package struct Exit: Hashable, Sendable {
        /// Meaningless where main returned.
        package var status: Int32
        /// The number of an `ExitHow`; it may be an unknown one.
        package var howNumber: UInt32
        /// Who called.
        package var stack: WireStack

        /// A body of these values.
        package init(
            status: Int32, howNumber: UInt32 = ExitHow.call.rawValue,
            stack: WireStack = WireStack()
        ) {
            self.status = status
            self.howNumber = howNumber
            self.stack = stack
        }

        /// How it came to that; nil for a way that this version does not know.
        package var how: ExitHow? { ExitHow(rawValue: howNumber) }
    }
}
