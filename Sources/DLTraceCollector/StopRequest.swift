// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Tells a collector, from another thread, that it is time to take in what is left and end.
package final class StopRequest: Sendable {
    /// The program that the collector's own command started, and how it ended.
    package struct Child: Sendable, Equatable {
        let pid: pid_t
        let end: ProgramEnd

        /// Names a child that wait(2) told of.
        package init(pid: Int32, end: ProgramEnd) {
            self.pid = pid
            self.end = end
        }
    }

    /// Readable once the request is made: for poll(2).
    let descriptor: Descriptor
    private let writeEnd: Descriptor
    private let state = Mutex<State>(State())

    private struct State {
        var isRaised = false
        var isAbandoned = false
        var child: Child?
    }

    /// Makes a request that is not raised yet.
    package init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CollectorError(.system, "cannot make a pipe", errno: errno)
        }
        descriptor = Descriptor(owning: ends[0])
        writeEnd = Descriptor(owning: ends[1])
    }

    /// Raises the request; raising it again changes nothing.
    package func raise(child: Child? = nil) {
        let isFirst = state.withLock { state in
            let isFirst = !state.isRaised
            state.isRaised = true
            state.child = state.child ?? child
            return isFirst
        }
        if isFirst { _ = write(writeEnd.number, "x", 1) }
    }

    /// Asks to end without taking in what is left: the next command does.
    package func abandon() {
        state.withLock { $0.isAbandoned = true }
    }

    /// Whether what is left is to stay where it is.
    package var isAbandoned: Bool { state.withLock(\.isAbandoned) }

    /// Whether the request was made.
    package var isRaised: Bool { state.withLock(\.isRaised) }

    /// The child whose end was the reason.
    var child: Child? { state.withLock(\.child) }
}
