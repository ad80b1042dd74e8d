// SPDX-License-Identifier: Apache-2.0

/// How a process starts to exit: `enum dlt_wire_exit_how`.
package enum ExitHow: UInt32, Sendable, CaseIterable {
    case call = 1
    case `return` = 2
    case quick = 3
    case now = 4
}
