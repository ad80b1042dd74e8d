// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A span of time as a user writes it: 7d, 12h.
struct Age: ExpressibleByArgument {
    let seconds: Int64

    /// Reads a whole number with s, min, h, d, w, or one of their long names, behind it; nil if it is none.
    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let unit: Int64
        switch argument[digits.endIndex...].lowercased() {
        case "s", "sec", "second", "seconds": unit = 1
        case "m", "min", "minute", "minutes": unit = 60
        case "h", "hour", "hours": unit = 3600
        case "d", "day", "days": unit = 86_400
        case "w", "week", "weeks": unit = 7 * 86_400
        default: return nil
        }
        // So long before 1970 there is nothing older.
        guard let number = Int64(digits), number < 10_000_000_000 / unit else { return nil }
        seconds = number * unit
    }
}
