// SPDX-License-Identifier: Apache-2.0

/// Where in a program's end an event happens: `enum dlt_wire_phase`, without its zero.
package enum Phase: UInt16, Sendable, CaseIterable {
    case dlclose = 1
    case exitHandlers = 2
    case exitFini = 3
    case threadExit = 4
    case constructor = 5
}
