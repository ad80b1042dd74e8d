// SPDX-License-Identifier: Apache-2.0

/// What libdltrace.so does besides recording, so that a cause can be proven.
package struct Experiments: Sendable, Equatable {
    /// What is unloaded stays reserved, so that nothing else comes to lie there.
    private let hasQuarantine: Bool
    /// Which libraries are never unloaded: patterns, besides those of the environment.
    private let pins: [String]
    /// Memory is searched for addresses of what is unloaded.
    private let hasCensus: Bool

    /// Experiments; none of them is on by itself.
    package init(quarantine: Bool = false, pins: [String] = [], census: Bool = false) {
        hasQuarantine = quarantine
        self.pins = pins
        hasCensus = census
    }

    /// libdltrace.so has room for so many bytes of patterns: PATH_MAX, with a zero behind them.
    private static let room = 4_096

    /// Whether a pattern can be handed over: they are separated as in PATH.
    package static func isPin(_ pattern: String) -> Bool {
        !pattern.isEmpty && !pattern.contains(":")
    }

    /// Whether there is room for all of these patterns.
    package static func isRoom(for pins: [String]) -> Bool {
        pins.joined(separator: ":").utf8.count < room
    }

    /// Sets the variables by which libdltrace.so is told.
    func enter(into environment: inout EnvironmentBlock) {
        if hasQuarantine { environment["DLTRACE_QUARANTINE"] = "1" }
        if hasCensus { environment["DLTRACE_CENSUS"] = "1" }
        if !pins.isEmpty {
            let there = environment[raw: "DLTRACE_PIN"].map { [$0.bytes] } ?? []
            environment[raw: "DLTRACE_PIN"] = RawText(
                (there + pins.map { Array($0.utf8) }).joined(separator: ":".utf8))
        }
    }
}
