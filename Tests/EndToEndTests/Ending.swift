// SPDX-License-Identifier: Apache-2.0

import Foundation

/// How a process ended, as wait(2) tells it.
enum Ending: Equatable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)
    /// It was still there at its deadline and was killed.
    case overdue

    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
    }

    /// From a victim's own words: "exit 3" or "signal SEGV".
    init?(text: String) {
        let words = text.split(separator: " ").map(String.init)
        guard words.count == 2 else { return nil }
        switch (words[0], words[1]) {
        case ("signal", "SEGV"): self = .signalled(SIGSEGV)
        case ("signal", "ABRT"): self = .signalled(SIGABRT)
        case ("signal", "KILL"): self = .signalled(SIGKILL)
        case ("exit", let status):
            guard let number = Int32(status) else { return nil }
            self = .exited(number)
        default: return nil
        }
    }

    var description: String {
        switch self {
        case .exited(let status): "exit \(status)"
        case .signalled(let signal): "signal \(signal)"
        case .overdue: "overdue, killed"
        }
    }
}
