// SPDX-License-Identifier: Apache-2.0

import Glibc

extension String {
    /// Copies at most `limit` bytes of a C string; what is not UTF-8 in it is repaired.
    init(bounded text: UnsafePointer<CChar>, limit: Int) {
        let length = strnlen(text, limit)
        self = text.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}
