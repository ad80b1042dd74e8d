// SPDX-License-Identifier: Apache-2.0

/// What a record says: `enum dlt_wire_kind` of dltrace_wire.h, which describes each.
package enum RecordKind: UInt16, Sendable, CaseIterable {
    case hello = 1
    case bye = 2
    case lost = 3
    case load = 4
    case unload = 5
    case dlopen = 6
    case dlmopen = 7
    case dlclose = 8
    case fini = 9
    case function = 10
    case end = 11
    case exit = 12
    case fault = 13
    case fork = 14
    case initialization = 15
    case register = 16
    case thread = 17
    case threadStart = 18
    case left = 19
    case stale = 20
    case stayed = 21
}
