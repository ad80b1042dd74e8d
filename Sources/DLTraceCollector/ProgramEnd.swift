// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How a program ended, as wait(2) tells.
package enum ProgramEnd: Sendable, Equatable {
    /// It exited with this status, 0 to 255.
    case exited(Int32)
    /// A signal killed it.
    case killed(signal: Int32, coreDumped: Bool)

    /// Takes a status word apart; nil where the process has not ended. The macros of sys/wait.h do not
    /// reach Swift.
    init?(waitStatus status: Int32) {
        let signal = status & 0x7f
        if signal == 0 {
            self = .exited(status >> 8 & 0xff)
        } else if signal != 0x7f {
            self = .killed(signal: signal, coreDumped: status & 0x80 != 0)
        } else {
            return nil
        }
    }

    /// Kills this process by a signal, so that its parent sees what it would have seen of the program.
    ///
    /// It returns where the signal is one that does not kill.
    package static func die(by signal: Int32) {
        // The program left a core, dltrace has none to leave. Not 0: the kernel hands a core to a program
        // (core_pattern "|...") all the same, except for a limit of 1; and no file is that small.
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        limit.rlim_cur = min(1, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)

        var action = sigaction()
        action.__sigaction_handler.sa_handler = SIG_DFL
        sigaction(signal, &action, nil)
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, signal)
        pthread_sigmask(SIG_UNBLOCK, &mask, nil)
        kill(getpid(), signal)
    }
}
