// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Descriptors 0, 1 and 2.
enum StandardStreams {
    /// Keeps those that dltrace was started without from being given to a database or a FIFO, which would
    /// then get what is meant for stderr. A child does not inherit what stands in for them.
    static func reserve() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is this one.
            _ = open("/dev/null", O_RDWR | O_CLOEXEC)
        }
    }
}
