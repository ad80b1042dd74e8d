// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An flock(2) that is held for as long as the object lives, also against other processes.
///
/// The file stays when the lock goes: removing it would let two processes lock two files of one name.
final class FileLock: Sendable {
    /// How long to try.
    enum Patience: Sendable {
        /// Give up at once where somebody else holds it.
        case none
        /// Wait until it is free.
        case unlimited
    }

    private let descriptor: Descriptor

    /// Takes the exclusive lock of the file at `path`, which is created where it is missing.
    ///
    /// - Returns: nil where somebody else holds it and `patience` is none.
    /// - Throws: `CollectorError` where the file can't be used, or is a link.
    init?(path: String, patience: Patience) throws {
        guard let descriptor = Descriptor(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK) else {
            throw CollectorError(.cannotUse, "cannot open the lock file \(path)", errno: errno)
        }
        // In a folder such as /tmp somebody else may have put it there, as a name of another file, too.
        guard let status = descriptor.status(), status.st_mode & S_IFMT == S_IFREG,
            status.st_uid == geteuid(), status.st_nlink == 1
        else {
            throw CollectorError(
                .unsafePlace, "will not use the lock file \(path)",
                "it is another user's, or a name of something else",
                advice: "remove it, or choose another place (--pipe, DLTRACE_PIPE)")
        }
        self.descriptor = descriptor
        let operation = patience == .none ? LOCK_EX | LOCK_NB : LOCK_EX
        while flock(descriptor.number, operation) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else {
                throw CollectorError(.cannotUse, "cannot lock \(path)", errno: errno)
            }
        }
    }

    /// Writes this process's number into the file, for `holder(of:)`.
    func sign() {
        let line = "\(getpid())\n"
        _ = ftruncate(descriptor.number, 0)
        _ = line.withCString { pwrite(descriptor.number, $0, strlen($0), 0) }
    }

    /// The process that signed the lock file, if the file says.
    static func holder(of path: String) -> pid_t? {
        guard let descriptor = Descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else {
            return nil
        }
        return FileBytes.read(descriptor, upTo: 32).flatMap {
            pid_t(String(decoding: $0.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
        }
    }
}
