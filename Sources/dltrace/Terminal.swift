// SPDX-License-Identifier: Apache-2.0

import DLTraceReport
import Glibc

/// What is known of the terminal.
enum Terminal {
    /// The theme for the answer.
    static var theme: Theme { theme(of: STDOUT_FILENO) }

    /// Lets time pass.
    static func wait(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        usleep(UInt32(clamping: seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }

    /// The theme for what goes to a descriptor.
    static func theme(of descriptor: Int32) -> Theme {
        let noColor = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
        return Theme(
            isTerminal: isatty(descriptor) == 1, width: width(of: descriptor),
            environment: ["NO_COLOR": noColor])
    }

    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
