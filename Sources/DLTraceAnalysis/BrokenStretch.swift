// SPDX-License-Identifier: Apache-2.0

/// Bytes of a source that were no record.
package struct BrokenStretch: Sendable, Equatable {
    /// Where they begin, counted from the source's first byte.
    package let offset: Int64
    /// How many were passed over; 0 where a whole record was refused.
    package let skippedBytes: Int64
    /// What was wrong with them.
    package let reason: String
}
