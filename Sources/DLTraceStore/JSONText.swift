// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Makes the one kind of JSON that the facts hold.
enum JSONText {
    /// An array of strings.
    static func array(_ values: [String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return String(decoding: try encoder.encode(values), as: UTF8.self)
    }
}
