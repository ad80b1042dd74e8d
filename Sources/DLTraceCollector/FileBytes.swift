// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reading bytes of a file, whatever the file holds.
enum FileBytes {
    /// Reads `count` bytes at `offset`; nil where the file ends before or can't be read.
    static func read(_ file: Descriptor, at offset: UInt64, count: Int) -> [UInt8]? {
        guard let position = off_t(exactly: offset) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    file.number, buffer.baseAddress.map { $0 + filled }, count - filled,
                    position &+ off_t(filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return }
                filled += got
            }
        }
        return bytes.count == count ? bytes : nil
    }

    /// Reads what is there from the start, at most `limit` bytes; nil where it can't be read.
    static func read(_ file: Descriptor, upTo limit: Int) -> [UInt8]? {
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
            while filled < limit {
                let got = pread(
                    file.number, buffer.baseAddress.map { $0 + filled }, limit - filled,
                    off_t(filled))
                if got < 0, errno == EINTR { continue }
                failed = got < 0
                guard got > 0 else { return }
                filled += got
            }
        }
        return failed ? nil : bytes
    }

    /// Reads a whole file of procfs or the like, at most `limit` bytes of it.
    static func read(_ path: String, upTo limit: Int) -> [UInt8]? {
        Descriptor(path, O_RDONLY).flatMap { read($0, upTo: limit) }
    }
}
