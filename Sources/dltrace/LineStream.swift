// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard input to standard output, line by line, whatever bytes there are.
enum LineStream {
    /// What is longer than this is no line of text, and is passed on as it is.
    private static let longestLine = 65_536

    /// Passes on every line, changed or not, as soon as it is whole; the last one also without its end.
    ///
    /// - Throws: `OutputError` where standard output can't be written.
    static func passThrough(_ change: ([UInt8]) -> [UInt8]) throws {
        var chunk = [UInt8](repeating: 0, count: longestLine)
        var line: [UInt8] = []
        var isTooLong = false
        while true {
            let count = read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            var output: [UInt8] = []
            for part in chunk[..<count].split(
                separator: 0x0a, omittingEmptySubsequences: false
            ).enumerated() {
                // Each part but the first follows on an end of line.
                if part.offset > 0 {
                    line.append(0x0a)
                    output += isTooLong ? line : change(line)
                    line = []
                    isTooLong = false
                }
                line += part.element
            }
            if line.count > longestLine {
                isTooLong = true
                output += line
                line = []
            }
            try write(output)
        }
        try write(isTooLong || line.isEmpty ? line : change(line))
    }

    private static func write(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw OutputError(errno: errno) }
            start += count
        }
    }
}
