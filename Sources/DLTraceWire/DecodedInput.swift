// SPDX-License-Identifier: Apache-2.0

/// What a decoder makes of bytes.
package enum DecodedInput: Hashable, Sendable {
    /// A whole record.
    case record(Record)
    /// Bytes that are none.
    case broken(BrokenInput)
}
