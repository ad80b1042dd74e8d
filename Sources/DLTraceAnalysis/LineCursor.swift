// SPDX-License-Identifier: Apache-2.0

/// A place in a line of bytes, with what it takes to read on from there.
struct LineCursor {
    let bytes: [UInt8]
    var position: Int

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether a text comes next.
    func isAt(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            text.count <= bytes.count - position
                && text.indices.allSatisfy { bytes[position + $0] == text[$0] }
        }
    }

    /// Passes over a text if it comes next.
    mutating func pass(_ text: StaticString) -> Bool {
        guard isAt(text) else { return false }
        position += text.utf8CodeUnitCount
        return true
    }

    /// Passes over spaces and tabs.
    mutating func passSpaces() {
        while position < bytes.count, [0x20, 0x09].contains(bytes[position]) { position += 1 }
    }

    /// Passes over a text wherever it comes, and everything before it.
    mutating func passUpTo(_ text: StaticString) -> Bool {
        var cursor = self
        while cursor.position < bytes.count {
            if cursor.pass(text) {
                self = cursor
                return true
            }
            cursor.position += 1
        }
        return false
    }

    /// Reads a decimal number.
    mutating func decimal() -> Int64? {
        let start = position
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
        return Int64(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    /// Reads an address in hexadecimal digits, of which there must be enough to be one.
    mutating func hexadecimal(atLeast digits: Int = 1) -> UInt64? {
        let start = position
        while position < bytes.count, Self.isHexadecimal(bytes[position]) { position += 1 }
        guard position - start >= digits else { return nil }
        return UInt64(String(decoding: bytes[start..<position], as: UTF8.self), radix: 16)
    }

    /// The byte before; nil at the start.
    var before: UInt8? { position > 0 ? bytes[position - 1] : nil }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
