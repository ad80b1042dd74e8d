// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace core` for people.
package struct CoreText {
    private let theme: Theme

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The fault explained, then every thread's stack, with the last line end.
    package func render(_ answer: CoreAnswer) -> String {
        var lines = head(answer)
        lines.append("")
        lines += fault(answer)
        for finding in answer.findings {
            lines.append("")
            lines.append(
                theme.severity(finding.severity, "\(finding.severity.rawValue): \(finding.rule)"))
            lines.append("  " + finding.message.printable)
        }
        for thread in answer.threads {
            lines.append("")
            lines += stack(thread, isFirst: thread.id == answer.threads.first?.id, answer)
        }
        if !answer.changedFiles.isEmpty {
            lines.append("")
            lines.append(
                "gone or replaced since, so that their names and unwind tables are missing:")
            lines += answer.changedFiles.map { "  " + $0.printable }
        }
        if answer.image.isTruncated {
            lines.append("")
            lines.append("the core file is cut short: stacks may end early")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: - Whose it is

    private func head(_ answer: CoreAnswer) -> [String] {
        let match = answer.match
        return [
            theme.title(answer.image.path.printable) + ": pid \(answer.image.pid), "
                + CoreWords.signal(answer.image),
            Words.title(of: match.process, theme: theme) + ": " + Words.ending(match.process),
            "  " + CoreWords.certainty(match),
        ]
    }

    // MARK: - The fault

    private func fault(_ answer: CoreAnswer) -> [String] {
        guard let cause = answer.cause, let newest = cause.places.first else {
            return [
                !answer.image.isOfCrash
                    ? "no stack runs through a library that was unloaded or finalized"
                    : "the fault is in no library that was unloaded or finalized"
            ]
        }
        let name = newest.library.path.lastPathPart.printable
        let places = CodeLine.lines(
            newest.name.functions, library: newest.library.path, offset: newest.offset,
            state: newest.state)
        let place = places.first?.text ?? name
        var lines = [theme.title("what happened")]
        lines.append("  \(CoreWords.part(cause)) \(Words.hex(cause.address)), which was \(place)")
        if newest.state == .finalized {
            lines.append("  nothing was unmapped: the destructors of \(name) have run")
        }
        lines += LibraryLifeText.lines(newest.library, in: answer.match.process).map { "  " + $0 }
        for earlier in cause.places.dropFirst() {
            lines.append(theme.faint("  before that, there lay \(earlier.library.path.printable):"))
            lines += LibraryLifeText.lines(earlier.library, in: answer.match.process)
                .map { "    " + $0 }
        }
        let ended = newest.state == .unloaded ? "unloaded by" : "finalized by"
        for (evidence, what) in [(cause.close, ended), (cause.open, "opened by")] {
            guard let evidence else { continue }
            lines.append("")
            lines.append(
                "  "
                    + theme.title(
                        "\(what) the \(evidence.kind.printable) of event \(evidence.event)")
                    + " in thread \(evidence.thread)"
                    + (evidence.phase.map { ", phase \($0.printable)" } ?? ""))
            lines += FrameText(theme: theme).lines(evidence.stack, indent: "    ")
        }
        return lines
    }

    // MARK: - Stacks

    private func stack(
        _ thread: CoreThreadAnswer, isFirst: Bool, _ answer: CoreAnswer
    ) -> [String] {
        var lines = [
            theme.title("thread \(thread.id)")
                + (isFirst && answer.image.isOfCrash ? ", which got the signal" : "")
        ]
        var number = 0
        for frame in thread.frames {
            for line in CodeLine.lines(
                frame.functions, library: frame.library, offset: frame.offset, state: frame.state)
            {
                lines.append("  #\(number) \(Words.hex(frame.address)) in \(line.text)")
                number += 1
            }
        }
        if thread.frames.isEmpty { lines.append("  no stack") }
        if let obstacle = thread.obstacle {
            lines.append(theme.faint("  it may go on: \(obstacle.printable)"))
        }
        return lines
    }
}
