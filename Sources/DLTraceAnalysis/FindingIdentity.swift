// SPDX-License-Identifier: Apache-2.0

/// What makes two findings the same one: the rule, the severity, the library, and the part, the kind, the
/// phase and the stack of each event that shows it.
///
/// Never what differs from run to run: addresses, numbers of events, processes and threads, times.
package struct FindingIdentity: Hashable, Sendable {
    /// How alike they have to be.
    package enum Precision: Sendable {
        /// The same files and the same places in them: of one program in several processes or runs.
        case place
        /// The same names: of a program that was built anew, perhaps elsewhere.
        case name
    }

    private let parts: [String]

    /// The identity of a finding.
    package init(_ finding: Finding, _ precision: Precision) {
        let library = finding.library ?? ""
        var head = [finding.rule, finding.severity.rawValue]
        switch precision {
        case .place: head += [library, Self.withoutNumbers(finding.message)]
        case .name: head.append(library.lastPathPart)
        }
        // Several of one part come in the order in which threads happened to run.
        parts = head + finding.evidence.map { Self.text($0, precision) }.sorted()
    }

    private static func text(_ item: Evidence, _ precision: Precision) -> String {
        let subject = item.subject.map { precision == .place ? $0 : $0.lastPathPart } ?? ""
        let words = [item.role, item.kind, item.phase ?? "", subject]
        return (words + frames(item.stack, precision)).joined(separator: "\n")
    }

    private static func frames(_ stack: [Frame], _ precision: Precision) -> [String] {
        switch precision {
        case .place:
            stack.map { frame in
                guard let library = frame.library else { return frame.symbol ?? "?" }
                return "\(library) \(frame.offset ?? 0) \(frame.symbol ?? "?")"
            }
        case .name:
            // What is inlined depends on how it was compiled; what has no name would be a number.
            stack.filter { !$0.isInlined }.compactMap { frame in
                frame.symbol.map { "\((frame.library ?? "").lastPathPart) \($0)" }
            }
        }
    }

    /// The words of a message without numbers, addresses and the units of time behind them.
    private static func withoutNumbers(_ message: String) -> String {
        let units: Set<Substring> = ["ns", "µs", "ms", "s"]
        var words: [Substring] = []
        for word in message.split(separator: " ") {
            if word.first?.isNumber == true {
                words.append("#")
            } else if !(words.last == "#" && units.contains(word)) {
                words.append(word)
            }
        }
        return words.joined(separator: " ")
    }
}
