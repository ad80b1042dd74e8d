// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes as a user writes it: 500M, 2G.
struct ByteSize: ExpressibleByArgument {
    let bytes: UInt64

    /// Reads a whole number with K, M, G or T behind it, or nothing; nil if it is none.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let shift: UInt64
        switch argument[digits.endIndex...].uppercased() {
        case "": shift = 0
        case "K": shift = 10
        case "M": shift = 20
        case "G": shift = 30
        case "T": shift = 40
        default: return nil
        }
        guard let number = UInt64(digits), number <= UInt64(Int64.max) >> shift else { return nil }
        bytes = number << shift
    }
}
