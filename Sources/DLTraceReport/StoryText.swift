// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace why` for people: a time line for each load.
package struct StoryText {
    private let theme: Theme

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The lives of a library, with the last line end.
    package func render(_ stories: [LibraryStory]) -> String {
        var lines = stories.first.map { [theme.title($0.path.printable)] } ?? []
        for story in stories {
            lines.append(
                Words.title(of: story.process, theme: theme) + ": "
                    + Words.ending(story.process))
            if story.earlierLoads > 0 {
                lines.append(
                    theme.faint(
                        "\(Words.count(story.earlierLoads, "earlier load")) not shown: --limit"))
            }
            for load in story.loads {
                lines.append("")
                lines += self.lines(load, of: story)
            }
            lines.append("")
        }
        return lines.dropLast().map { $0 + "\n" }.joined()
    }

    // MARK: - A load

    private func lines(_ load: LibraryLoad, of story: LibraryStory) -> [String] {
        let total = story.loads.count + story.earlierLoads
        let number = total == 1 ? "" : "load \(load.number) of \(total): "
        var lines = [theme.title(number + verdict(load, of: story.process))]
        let link = load.library.unloaded == nil ? "because " : "outlived its last dlclose: "
        lines += load.stays.map { "  " + link + $0.reason.printable }
        lines.append(
            theme.faint(row("SECONDS", "AFTER", "EVENT", "WHAT")))
        var before: Int64?
        for moment in load.moments {
            let after = moment.sinceStartNs.flatMap { now in before.map { now &- $0 } }
            before = moment.sinceStartNs ?? before
            lines.append(
                row(
                    moment.sinceStartNs.map(Words.seconds) ?? "-",
                    after.map { ($0 < 0 ? "" : "+") + Words.duration($0) } ?? "",
                    String(moment.event), StoryWords.text(moment, in: story.process)))
            if let chain = chain(moment) {
                lines.append(row("", "", "", "  " + theme.faint(chain)))
            }
        }
        let told = load.moments.filter { $0.isOpenOrClose }.reduce(0) { $0 + $1.count }
        if told < load.calls {
            lines.append(theme.faint("only the newest of its \(load.calls) opens and closes"))
        }
        let remedies = load.stays.compactMap(\.remedy)
        if load.library.unloaded == nil, !load.library.isAtStart, !remedies.isEmpty {
            lines.append("if it is to go:")
            lines += remedies.map { "- " + $0.printable }
        }
        return lines
    }

    private func verdict(_ load: LibraryLoad, of process: ProcessImage) -> String {
        let library = load.library
        if let unloaded = library.unloaded {
            let life =
                zip2(unloaded.sinceStartNs, library.loaded.sinceStartNs)
                .map { " after " + Words.duration($0 &- $1) } ?? ""
            return "unloaded\(life)"
        }
        let end: String
        switch process.ending {
        case .running: end = "still loaded when last seen"
        case .exited, .killed, .exec, .gone: end = "still loaded at the end"
        }
        return end + (library.finalized == nil ? "" : ", finalized")
    }

    private func zip2(_ left: Int64?, _ right: Int64?) -> (Int64, Int64)? {
        guard let left, let right else { return nil }
        return (left, right)
    }

    private func chain(_ moment: LibraryMoment) -> String? {
        guard let stack = moment.evidence?.stack, !stack.isEmpty else { return nil }
        return FrameText(theme: .plain).chain(stack)
    }

    private func row(_ seconds: String, _ after: String, _ event: String, _ what: String) -> String
    {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        return right(seconds, 12) + right(after, 10) + right(event, 9) + "  " + what
    }
}

extension LibraryMoment {
    /// Whether it is a call that gives or takes a handle.
    fileprivate var isOpenOrClose: Bool {
        switch what {
        case .opened, .closed: true
        case .broughtAlong, .loaded, .needed, .finalized, .unloaded, .left: false
        }
    }
}
