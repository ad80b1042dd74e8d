// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// The last record of a stream: `struct dlt_wire_bye`.
    package struct Bye: Hashable, Sendable {
        /// As given to exit(3) or _exit(2).
        package var status: Int32
        /// The number of an `ExitHow`; it may be an unknown one.
        package var howNumber: UInt32

        /// A body of these values.
        package init(status: Int32, howNumber: UInt32 = ExitHow.call.rawValue) {
            self.status = status
            self.howNumber = howNumber
        }

        /// How the process came to its end; nil for a way that this version does not know.
        package var how: ExitHow? { ExitHow(rawValue: howNumber) }
    }
}
