// SPDX-License-Identifier: Apache-2.0

package import DLTraceAnalysis

/// `dltrace addr --filter`: a line with names put in.
package struct AddressLine {
    private let theme: Theme

    /// A renderer with colours or without.
    package init(theme: Theme) {
        self.theme = theme
    }

    /// The line with names for addresses of it, in their order; all other bytes as they are.
    package func render(
        _ line: [UInt8], _ answers: [(mention: AddressMention, answer: AddressAnswer)]
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        var position = 0
        for (mention, answer) in answers {
            guard let place = answer.places.first else { continue }
            bytes += line[position..<mention.range.lowerBound]
            bytes += theme.title(text(mention, place, answer)).utf8
            position = mention.range.upperBound
        }
        return bytes + line[position...]
    }

    private func text(
        _ mention: AddressMention, _ place: AddressPlace, _ answer: AddressAnswer
    ) -> String {
        let name = self.name(place) + others(answer)
        return switch mention.form {
        case .frame(let word): word + name
        case .number: " <\(name)>"
        case .kernel(let what, _): "; \(what) is \(name)"
        }
    }

    /// The place in one line: the innermost function with its file, and what it was inlined into.
    private func name(_ place: AddressPlace) -> String {
        let lines = CodeLine.lines(
            place.name.functions, library: place.library.path, offset: place.offset,
            state: place.state)
        guard let first = lines.first, let last = lines.last else { return "" }
        let inlined = lines.dropLast().map { $0.function + " < " }.joined()
        return inlined + last.text(source: first.source)
    }

    /// The names of other libraries that lay there before: the address may be meant for one of them.
    private func others(_ answer: AddressAnswer) -> String {
        guard let newest = answer.places.first?.library.path else { return "" }
        var names: [String] = []
        for place in answer.places where place.library.path != newest {
            let name = place.library.path.lastPathPart.printable
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? "" : " [before that: \(Words.list(names))]"
    }
}
