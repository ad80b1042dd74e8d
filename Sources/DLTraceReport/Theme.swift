// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// The only place that knows of colours.
package struct Theme: Sendable {
    private let isColored: Bool

    /// Text as it is.
    package static let plain = Theme(isColored: false)

    /// Colours for a terminal, where nobody asked for none.
    package init(isTerminal: Bool, environment: [String: String]) {
        self.init(isColored: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty)
    }

    private init(isColored: Bool) {
        self.isColored = isColored
    }

    /// A severity, and what belongs to it.
    func severity(_ severity: Severity, _ text: String) -> String {
        switch severity {
        case .error: paint(text, "1;31")
        case .warning: paint(text, "1;33")
        case .note: paint(text, "1;36")
        }
    }

    /// The title of a part.
    func title(_ text: String) -> String { paint(text, "1") }

    /// What matters less.
    func faint(_ text: String) -> String { paint(text, "2") }

    private func paint(_ text: String, _ code: String) -> String {
        isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
