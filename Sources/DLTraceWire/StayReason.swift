// SPDX-License-Identifier: Apache-2.0

/// What keeps an object that nobody has open any more: `enum dlt_wire_reason`.
package enum StayReason: UInt16, Sendable, CaseIterable {
    case unique = 1
    case binding = 2
}
