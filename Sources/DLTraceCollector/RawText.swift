// SPDX-License-Identifier: Apache-2.0

/// Text as the kernel has it, of a path, an argument or the environment: bytes that need not be UTF-8.
package struct RawText: Hashable, Sendable {
    /// Without a terminating zero.
    let bytes: [UInt8]

    /// Takes bytes, none of which is zero.
    init(_ bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    /// Takes a C string with its terminating zero.
    init(cString: [CChar]) {
        bytes = cString.dropLast().map { UInt8(bitPattern: $0) }
    }

    /// Takes text.
    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// With the terminating zero.
    var cString: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }

    /// The text; nil where it is not UTF-8.
    var text: String? { String(validating: bytes, as: UTF8.self) }
}

extension RawText: CustomStringConvertible {
    /// For people: what is not UTF-8 is replaced.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension RawText: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) {
        self.init(text)
    }
}
