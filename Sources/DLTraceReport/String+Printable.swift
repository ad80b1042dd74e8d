// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with everything escaped that a terminal could take for a command, or that could make a
    /// line look like another one: control characters, line and paragraph separators, and the
    /// characters that turn the direction of writing.
    package var printable: String {
        guard unicodeScalars.contains(where: \.isHarmful) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.isHarmful:
                let digits = String(scalar.value, radix: 16)
                text +=
                    scalar.value < 0x100
                    ? "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
                    : "\\u{" + digits + "}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
