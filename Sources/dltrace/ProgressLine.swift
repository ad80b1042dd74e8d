// SPDX-License-Identifier: Apache-2.0

import DLTraceCollector
import Glibc
import Synchronization

/// A line on stderr that says how far long work is, where stderr is a terminal, and goes away again.
final class ProgressLine: Sendable {
    private struct State {
        var next: ContinuousClock.Instant
        var isShown = false
    }

    /// What takes no longer needs no line.
    private static let patience = Duration.seconds(1)
    private static let interval = Duration.milliseconds(200)

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State(next: .now + patience))

    /// Shows how far the work is.
    func show(_ progress: Progress) {
        guard isTerminal else { return }
        state.withLock { state in
            let now = ContinuousClock.now
            guard now >= state.next else { return }
            state.next = now + Self.interval
            state.isShown = true
            Diagnostics.write("\r\u{1b}[Kdltrace: \(Self.words(progress))")
        }
    }

    /// Takes the line away, before anything else is said.
    func clear() {
        state.withLock { state in
            if state.isShown { Diagnostics.write("\r\u{1b}[K") }
            state = State(next: .now + Self.patience)
        }
    }

    private static func words(_ progress: Progress) -> String {
        switch progress {
        case .takingIn(let done, let total):
            "taking in what was recorded, \(total == 0 ? 100 : done * 100 / total) %"
        case .indexing(let done, let total):
            "making indexes, \(done) of \(total)"
        }
    }
}
