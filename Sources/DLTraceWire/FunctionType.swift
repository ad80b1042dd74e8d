// SPDX-License-Identifier: Apache-2.0

/// Why a destructor function runs: `enum dlt_wire_function_type`.
package enum FunctionType: UInt16, Sendable, CaseIterable {
    case finiArray = 1
    case dtFini = 2
    case cxaAtexit = 3
    case onExit = 4
    case quickExit = 5
    case threadLocal = 6
    case tlsKey = 7
    case forkHandler = 8
}
