// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace addr` for people.
package struct AddressText {
    private let theme: Theme

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The answers, each with the life of what lay there, with a process's line where one begins.
    package func render(_ answers: [AddressAnswer]) -> String {
        var process: Int64?
        var lines: [String] = []
        for answer in answers {
            if process != answer.process.id {
                process = answer.process.id
                lines.append(Words.title(of: answer.process, theme: theme))
            }
            lines += self.lines(answer)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func lines(_ answer: AddressAnswer) -> [String] {
        let address = Words.hex(answer.address)
        let by = answer.event.map { " by event \($0)" } ?? ""
        guard !answer.places.isEmpty else {
            return [address + ": no library ever lay there\(by)"]
        }
        var lines: [String] = []
        for (number, place) in answer.places.enumerated() {
            if number > 0 { lines.append(theme.faint("  before that, there lay:")) }
            lines += CodeLine.lines(
                place.name.functions, library: place.library.path, offset: place.offset,
                state: place.state
            ).map { address + " in " + $0.text }
            lines += LibraryLifeText.lines(place.library, in: answer.process).map { "    " + $0 }
            if let obstacle = place.name.obstacle {
                lines.append("    no better name: \(obstacle.printable)")
            }
        }
        if answer.earlierPlaces > 0 {
            lines.append(
                theme.faint("  and before that: \(answer.earlierPlaces) more loads at this address")
            )
        }
        return lines
    }
}
