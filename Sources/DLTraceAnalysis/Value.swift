// SPDX-License-Identifier: Apache-2.0

/// A value in the answer of a query.
package enum Value: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    /// Bytes.
    case blob([UInt8])
}
