// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Signals that are blocked while they are waited for, and the mask as it was before.
///
/// Blocking changes no disposition: a child inherits what dltrace itself was started with, ignored
/// signals included, and gets the mask of before. It has to happen before the first other thread.
struct SignalSet: Sendable {
    /// A signal that arrived.
    struct Arrival: Sendable {
        let number: Int32
        /// The kernel's own, such as Ctrl-C on the terminal, which goes to the whole process group.
        let isFromKernel: Bool
        /// Who sent it, where somebody did.
        let sender: pid_t
    }

    /// The mask of before.
    let previous: sigset_t
    private let set: sigset_t

    /// What tells of a failing write in another way than by its result. None of them is waited for.
    private static let ofWriting = [SIGPIPE, SIGXFSZ]

    /// Blocks the signals in the calling thread, and so in every thread it starts; those of writing as well.
    init(blocking signals: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        self.set = set
        var blocked = set
        for signal in Self.ofWriting { sigaddset(&blocked, signal) }
        var previous = sigset_t()
        pthread_sigmask(SIG_BLOCK, &blocked, &previous)
        self.previous = previous
    }

    /// Waits for the next of the signals.
    func next() -> Arrival {
        var info = siginfo_t()
        var set = set
        while sigwaitinfo(&set, &info) < 0 {}
        return Self.arrival(info)
    }

    /// The next of the signals that have arrived already.
    func pending() -> Arrival? {
        var info = siginfo_t()
        var set = set
        var time = timespec()
        return sigtimedwait(&set, &info, &time) < 0 ? nil : Self.arrival(info)
    }

    private static func arrival(_ info: siginfo_t) -> Arrival {
        Arrival(
            number: info.si_signo, isFromKernel: info.si_code == SI_KERNEL,
            sender: info.si_code == SI_USER || info.si_code == SI_QUEUE || info.si_code == SI_TKILL
                ? info._sifields._kill.si_pid : 0)
    }

    /// Puts the mask of before back, so that what arrived meanwhile is delivered now.
    ///
    /// Those of writing stay blocked: that nobody reads a summary is no reason to die.
    func restore() {
        var mask = previous
        for signal in Self.ofWriting { sigaddset(&mask, signal) }
        pthread_sigmask(SIG_SETMASK, &mask, nil)
    }

    /// Lets a signal do to this process what it would have done if it were not blocked, such as stopping it.
    func deliver(_ signal: Int32) {
        var one = sigset_t()
        sigemptyset(&one)
        sigaddset(&one, signal)
        raise(signal)
        pthread_sigmask(SIG_UNBLOCK, &one, nil)
        pthread_sigmask(SIG_BLOCK, &one, nil)
    }
}
