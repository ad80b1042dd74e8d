// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Reads an address as a user writes it.
enum Address {
    /// The number of hexadecimal digits, with 0x in front or not.
    ///
    /// - Throws: `ValidationError` where it is none, or more than 64 bits.
    static func parse(_ argument: String) throws -> UInt64 {
        let digits = argument.lowercased().hasPrefix("0x") ? argument.dropFirst(2) : argument[...]
        guard digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let value = UInt64(digits, radix: 16)
        else {
            throw ValidationError(
                "'\(argument)' is no address: hexadecimal digits, with or without 0x")
        }
        return value
    }
}
