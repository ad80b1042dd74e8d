// SPDX-License-Identifier: Apache-2.0

/// How an object came to be in the process: `enum dlt_wire_origin`.
package enum LibraryOrigin: UInt16, Sendable, CaseIterable {
    case file = 1
    case program = 2
    case loader = 3
    case vdso = 4
    case tracer = 5
}
