// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace events` and `dltrace export`, line by line: a time line can be long.
package struct TimeLine {
    private let theme: Theme
    private var process: Int64?
    private var count = 0

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The header of the text.
    package var header: String {
        theme.title(row("EVENT", "SECONDS", "THREAD", "PHASE", "WHAT"))
    }

    /// A line of the text, with the process's line in front where a new one begins.
    package mutating func text(_ entry: TimeLineEntry, of processes: [ProcessImage]) -> String {
        var text = ""
        if process != entry.process {
            process = entry.process
            if let traced = processes.first(where: { $0.id == entry.process }) {
                text += Words.title(of: traced, theme: theme) + "\n"
            }
        }
        let indent = String(repeating: "  ", count: min(entry.depth, 40))
        return text
            + row(
                String(entry.event), entry.sinceStartNs.map(Words.seconds) ?? "-",
                String(entry.thread), entry.phase ?? "-", indent + EventWords.text(entry))
    }

    /// A line of `export --format ndjson`.
    package func line(_ entry: TimeLineEntry) throws -> String {
        try JSONText.line(EventDocument(entry)) + "\n"
    }

    /// An element of `events --format json`, with what separates it from the one before.
    package mutating func element(_ entry: TimeLineEntry) throws -> String {
        count += 1
        return (count == 1 ? "[\n  " : ",\n  ") + (try JSONText.line(EventDocument(entry)))
    }

    /// What ends the list of elements.
    package var end: String { count == 0 ? "[]\n" : "\n]\n" }

    private func row(
        _ event: String, _ seconds: String, _ thread: String, _ phase: String, _ what: String
    ) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let padded = phase + String(repeating: " ", count: max(0, 13 - phase.count))
        return right(event, 7) + "  " + right(seconds, 12) + "  " + right(thread, 7) + "  " + padded
            + "  " + what + "\n"
    }
}
