// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The only place that makes JSON.
enum JSONText {
    /// Indented, keys sorted, with its last line end.
    static func pretty(_ value: some Encodable) throws -> String {
        try encode(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) + "\n"
    }

    /// On one line, keys sorted, without line end.
    static func line(_ value: some Encodable) throws -> String {
        try encode(value, [.sortedKeys, .withoutEscapingSlashes])
    }

    /// JSONEncoder escapes what JSON must have escaped; the rest of what a terminal could take for a
    /// command is in strings only, and is escaped here.
    private static func encode(
        _ value: some Encodable, _ format: JSONEncoder.OutputFormatting
    ) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        guard text.unicodeScalars.contains(where: { $0.isHarmful && $0 != "\n" }) else {
            return text
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar.isHarmful, scalar != "\n" {
                let digits = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
