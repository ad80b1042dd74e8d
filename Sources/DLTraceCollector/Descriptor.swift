// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file descriptor that is closed when its owner lets go of it, and never reaches a child.
final class Descriptor: Sendable {
    /// The descriptor's number.
    let number: Int32

    /// Takes over a descriptor that is already open.
    init(owning number: Int32) {
        self.number = number
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }

    /// Opens `path` with O_CLOEXEC, or returns nil and leaves errno.
    init?(_ path: UnsafePointer<CChar>, _ flags: Int32, mode: mode_t = 0o600) {
        let number = open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { return nil }
        self.number = number
    }

    deinit {
        close(number)
    }

    /// What fstat(2) says of it, or nil and errno.
    func status() -> stat? {
        var status = stat()
        guard fstat(number, &status) == 0 else { return nil }
        return status
    }
}
