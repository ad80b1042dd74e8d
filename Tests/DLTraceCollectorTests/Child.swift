// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import DLTraceCollector

/// A process that a test started.
///
/// Not Foundation's `Process`: that misses ends when several threads wait, and leaves the child the
/// blocked signals of the thread that starts it.
final class Child {
    private let process: ChildProcess
    private var end: ProgramEnd?

    /// Starts a program, looked up in PATH, with no signal blocked and none ignored.
    init(_ arguments: [String], environment: EnvironmentBlock = EnvironmentBlock()) throws {
        var none = sigset_t()
        sigemptyset(&none)
        process = try ChildProcess(
            path: "/usr/bin/env",
            arguments: (["env", "--default-signal"] + arguments).map { Array($0.utf8CString) },
            environment: environment, mask: none)
    }

    deinit {
        if end == nil { send(SIGKILL) }
    }

    /// Its number.
    var pid: pid_t { process.pid }

    /// Sends it a signal.
    func send(_ signal: Int32) {
        process.send(signal)
    }

    /// Waits for its end; nil where that does not come in time.
    @discardableResult
    func wait() throws -> ProgramEnd? {
        _ = try becomesTrue(within: 60) {
            if end == nil, case .ended(let end) = try process.change() { self.end = end }
            return end != nil
        }
        return end
    }
}
