// SPDX-License-Identifier: Apache-2.0

/// Which function was given a stale handle: `enum dlt_wire_stale_function`.
package enum StaleFunction: UInt16, Sendable, CaseIterable {
    case dlsym = 1
    case dlvsym = 2
    case dlinfo = 3
}
