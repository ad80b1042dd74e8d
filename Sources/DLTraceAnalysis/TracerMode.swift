// SPDX-License-Identifier: Apache-2.0

/// What was different in how a process was traced.
package enum TracerMode: String, Sendable, CaseIterable {
    /// What is unloaded stays reserved, so that nothing else comes to lie there.
    case quarantine
    /// Some libraries were never unloaded.
    case pin
    /// Memory was searched for addresses of what is unloaded.
    case census
    /// The program uses a shadow stack: glibc takes libdltrace.so for the caller of dlopen.
    case noIdentity = "no-identity"
    /// Fatal signals are not recorded.
    case noFaults = "no-faults"

    /// Its bit in process.hello_flags: DLT_WIRE_HELLO_* of dltrace_wire.h.
    package var flag: Int64 {
        switch self {
        case .noIdentity: 0x01
        case .noFaults: 0x02
        case .quarantine: 0x04
        case .pin: 0x08
        case .census: 0x10
        }
    }

    /// Those of a process's flags.
    static func modes(of flags: Int64?) -> [TracerMode] {
        allCases.filter { (flags ?? 0) & $0.flag != 0 }
    }
}
