// SPDX-License-Identifier: Apache-2.0

/// A name in Rust's older mangling: a C++ nested name that ends in a hash, with escapes for what
/// a C++ identifier cannot hold.
struct RustName: CustomStringConvertible {
    /// The path without the hash, as in Rust's source.
    let description: String

    /// Reads a symbol, or returns nil where it is not one of Rust's.
    init?(legacy symbol: String) {
        let bytes = Array(symbol.utf8)
        guard bytes.starts(with: Array("_ZN".utf8)) else { return nil }
        var components: [ArraySlice<UInt8>] = []
        var index = 3
        while index < bytes.count, bytes[index] != UInt8(ascii: "E") {
            var length = 0
            while index < bytes.count, let digit = Self.digit(bytes[index]), length < bytes.count {
                length = length * 10 + digit
                index += 1
            }
            guard length > 0, length <= bytes.count - index else { return nil }
            components.append(bytes[index..<index + length])
            index += length
        }
        // What may follow the E is a suffix of the code generator: ".llvm.1234".
        guard index < bytes.count, index + 1 == bytes.count || bytes[index + 1] == Self.dot,
            components.count > 1, let hash = components.popLast(), Self.isHash(hash)
        else { return nil }
        description = components.map(Self.unescaped).joined(separator: "::")
    }

    // MARK: - Parts

    private static let dot = UInt8(ascii: ".")
    private static let dollar = UInt8(ascii: "$")

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            ? Int(byte - UInt8(ascii: "0")) : nil
    }

    private static func isHash(_ component: ArraySlice<UInt8>) -> Bool {
        component.count == 17 && component.first == UInt8(ascii: "h")
            && component.dropFirst().allSatisfy {
                digit($0) != nil || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    private static func unescaped(_ component: ArraySlice<UInt8>) -> String {
        var rest = component
        // An identifier cannot start with an escape: an underscore stands in front.
        if rest.starts(with: [UInt8(ascii: "_"), dollar]) { rest = rest.dropFirst() }
        var result: [UInt8] = []
        while let byte = rest.first {
            if byte == dollar, let end = rest.dropFirst().firstIndex(of: dollar),
                case let escape = rest[(rest.startIndex + 1)..<end],
                let text = meaning(of: String(decoding: escape, as: UTF8.self))
            {
                result += Array(text.utf8)
                rest = rest[(end + 1)...]
            } else if rest.starts(with: [dot, dot]) {
                result += Array("::".utf8)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func meaning(of escape: String) -> String? {
        switch escape {
        case "SP": return "@"
        case "BP": return "*"
        case "RF": return "&"
        case "LT": return "<"
        case "GT": return ">"
        case "LP": return "("
        case "RP": return ")"
        case "C": return ","
        default:
            guard escape.hasPrefix("u"), let value = UInt32(escape.dropFirst(), radix: 16),
                let scalar = Unicode.Scalar(value)
            else { return nil }
            return String(scalar)
        }
    }
}
