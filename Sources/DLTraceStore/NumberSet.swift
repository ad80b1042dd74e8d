// SPDX-License-Identifier: Apache-2.0

/// A set of row numbers, a bit each.
struct NumberSet {
    /// More rows than that no table of a trace has: 256 MiB of bits.
    private static let limit: Int64 = 1 << 31

    private var words: [UInt64]

    /// A set for numbers up to `greatest`; nil where that is no table's that dltrace has filled.
    init?(upTo greatest: Int64) {
        guard greatest < Self.limit else { return nil }
        words = Array(repeating: 0, count: Int(max(0, greatest)) / 64 + 1)
    }

    func contains(_ number: Int64) -> Bool {
        guard number >= 0, number / 64 < words.count else { return false }
        return words[Int(number / 64)] & (1 << UInt64(number % 64)) != 0
    }

    mutating func insert(_ number: Int64) {
        guard number >= 0, number / 64 < words.count else { return }
        words[Int(number / 64)] |= 1 << UInt64(number % 64)
    }
}
