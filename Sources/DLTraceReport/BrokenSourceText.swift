// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// What was no record, in text: where it was, whose it claims to be, and what was wrong with it.
enum BrokenSourceText {
    private static let mostLines = 8

    /// A line for each source; of a great many, for the first.
    static func lines(_ analysis: Analysis) -> [String] {
        let shown = analysis.brokenSources.prefix(mostLines)
        let hidden = analysis.brokenSources.count - shown.count + analysis.otherBrokenSources
        guard hidden > 0 else { return shown.map(line) }
        let sources = hidden == 1 ? "source" : "sources"
        return shown.map(line) + [
            "unreadable data in \(hidden) more \(sources):"
                + " dltrace query 'SELECT * FROM broken_input'"
        ]
    }

    private static func line(_ source: BrokenSource) -> String {
        let whose =
            source.process.map { "process \($0)\(source.pid.map { " (pid \($0))" } ?? "")" }
            ?? "no known process"
        let start = "unreadable data of \(whose): \(source.source.printable)"
        guard let first = source.first.first else { return start }
        let skipped = Words.count(source.skippedBytes, "byte") + " passed over"
        if source.stretches == 1, !source.isCut {
            // A whole record that was refused is at no place.
            return first.skippedBytes == 0
                ? "\(start): \(first.reason.printable)"
                : "\(start), offset \(first.offset): \(first.reason.printable) (\(skipped))"
        }
        let more = source.isCut ? " or more" : ""
        let offsets = source.first.map { String($0.offset) }
        let rest = source.stretches > offsets.count || source.isCut ? ", …" : ""
        let places =
            source.skippedBytes == 0
            ? "" : ", offsets \(offsets.joined(separator: ", "))\(rest) (\(skipped))"
        return "\(start): \(Words.count(source.stretches, "time"))\(more)\(places);"
            + " first: \(first.reason.printable)"
    }
}
