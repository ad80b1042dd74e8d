// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What tells that a file is not the one it was: its size and the time of its last change.
struct FileIdentity: Hashable, CustomStringConvertible {
    /// Its length.
    let sizeBytes: Int64

    /// When its contents, owner, mode or name last changed, in ns since 1970.
    let changedUnixNs: Int64

    /// Asks about the file at a path; nil if there is none.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Takes what fstat(2) said.
    init(_ status: stat) {
        sizeBytes = Int64(status.st_size)
        changedUnixNs = Self.nanoseconds(status.st_ctim)
    }

    var description: String { "\(sizeBytes)@\(changedUnixNs)" }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue
            &+ Int64(time.tv_nsec)
    }
}
