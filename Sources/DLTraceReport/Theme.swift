// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// The only place that knows of colours, and of how wide a terminal is.
package struct Theme: Sendable {
    /// How sentences are broken.
    let wrapping: Wrapping
    private let isColored: Bool

    /// Text as it is.
    package static let plain = Theme(isColored: false, width: nil)

    /// Colours for a terminal, where nobody asked for none.
    ///
    /// - Parameters:
    ///   - isTerminal: whether it goes to one.
    ///   - width: the terminal's columns, if they are known.
    ///   - environment: where NO_COLOR is looked up.
    package init(isTerminal: Bool, width: Int? = nil, environment: [String: String]) {
        self.init(
            isColored: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty,
            width: isTerminal ? width : nil)
    }

    private init(isColored: Bool, width: Int?) {
        self.isColored = isColored
        wrapping = Wrapping(width: width)
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
