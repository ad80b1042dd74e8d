// SPDX-License-Identifier: Apache-2.0

/// A string as the program had it: bytes, in no particular encoding.
package struct WireText: Hashable, Sendable {
    /// The bytes, without a terminating zero.
    package var bytes: [UInt8]

    /// A text of these bytes.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether it has no bytes.
    package var isEmpty: Bool { bytes.isEmpty }
}

extension WireText: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        bytes = Array(value.utf8)
    }
}

extension WireText: CustomStringConvertible {
    /// The text, with U+FFFD for what is no UTF-8.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
