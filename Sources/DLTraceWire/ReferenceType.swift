// SPDX-License-Identifier: Apache-2.0

/// What refers to an object without being seen by the loader: `enum dlt_wire_reference`.
package enum ReferenceType: UInt16, Sendable, CaseIterable {
    case tlsKey = 1
    case tlsKeyDelete = 2
    case signal = 3
    case exitHandler = 4
    case onExit = 5
    case environ = 6
    case forkHandler = 7
    case threadLocal = 8
    case thread = 9
    case threadStack = 10
    case pointer = 11
}
