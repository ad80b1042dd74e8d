// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The checksum of `.gnu_debuglink`.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0xedb8_8320 ^ (value >> 1) : value >> 1
        }
    }

    /// The CRC-32 of a whole file, nil where it can't be read.
    static func crc32(of descriptor: CInt) -> UInt32? {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset: off_t = 0
        var value = UInt32.max
        while true {
            let count = pread(descriptor, &buffer, buffer.count, offset)
            guard count >= 0 else { return nil }
            guard count > 0 else { return ~value }
            offset += off_t(count)
            table.withUnsafeBufferPointer { table in
                for byte in buffer[..<count] {
                    value = table[Int((value ^ UInt32(byte)) & 0xff)] ^ (value >> 8)
                }
            }
        }
    }
}
