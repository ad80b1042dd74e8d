// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Lines for the user that are not the answer: they go to stderr.
enum Diagnostics {
    /// Writes a line.
    static func say(_ line: String) {
        write(line + "\n")
    }

    /// Writes what may be part of a line.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes {
                Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { return }
            start += written
        }
    }
}
