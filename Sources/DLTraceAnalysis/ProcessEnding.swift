// SPDX-License-Identifier: Apache-2.0

/// How a process image ended.
package enum ProcessEnding: Sendable, Equatable {
    /// It exited, with this status where it is known.
    case exited(status: Int64?)
    /// A signal killed it.
    case killed(signal: Int64)
    /// It executed another program.
    case exec
    /// It is gone, and nobody saw how.
    case gone
    /// No end was seen: it is still running, or was when the recording ended.
    case running
}
