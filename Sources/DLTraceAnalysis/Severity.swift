// SPDX-License-Identifier: Apache-2.0

/// How bad a finding is. Ordered: a note is less than a warning, a warning less than an error.
package enum Severity: String, Sendable, CaseIterable, Comparable {
    /// It explains behaviour that people ask about.
    case note
    /// It is wrong by the rules of the loader; the harm depends.
    case warning
    /// Damage that was seen, or that is certain once the next ordinary thing happens.
    case error

    package static func < (left: Severity, right: Severity) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .error: 2
        }
    }
}
