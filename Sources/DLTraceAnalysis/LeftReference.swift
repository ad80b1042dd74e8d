// SPDX-License-Identifier: Apache-2.0

/// What refers to a library that goes.
package struct LeftReference: Sendable, Equatable {
    /// As in the table left_behind.
    package let type: String
    /// The process in which it was made: the event's, or one it was forked from.
    package let registeredProcess: Int64?
    /// The event that made it.
    package let registeredEvent: Int64?
    /// Of a pointer: where it lies.
    package let holderAddress: Int64?
}
