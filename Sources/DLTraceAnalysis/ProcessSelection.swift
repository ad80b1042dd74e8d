// SPDX-License-Identifier: Apache-2.0

/// Which processes an answer is about.
package enum ProcessSelection: Sendable, Equatable {
    /// A program that was started by nothing that was traced, and all that came of it: counted back from the
    /// newest one, which is 0.
    case run(back: Int)
    /// Every process in the database.
    case all
    /// The processes of these numbers.
    case ids([Int64])
    /// The process of this number, and all that came of it.
    case tree(Int64)

    /// The newest program, with all that came of it.
    package static let last = ProcessSelection.run(back: 0)

    /// The process of one number.
    package static func id(_ id: Int64) -> ProcessSelection { .ids([id]) }

    /// Reads what `--process` was given; nil if it is none of them.
    package init?(argument: String) {
        func number(_ text: Substring, from least: Int64) -> Int64? {
            guard text.first?.isASCII == true, text.first?.isNumber == true,
                let number = Int64(text), number >= least
            else { return nil }
            return number
        }
        if argument == "last" {
            self = .last
        } else if argument == "all" {
            self = .all
        } else if argument.hasPrefix("last~") {
            guard let back = number(argument.dropFirst(5), from: 0).flatMap({ Int(exactly: $0) })
            else { return nil }
            self = .run(back: back)
        } else if argument.hasSuffix("+") {
            guard let id = number(argument.dropLast(), from: 1) else { return nil }
            self = .tree(id)
        } else {
            let words = argument.split(separator: ",", omittingEmptySubsequences: false)
            let ids = words.compactMap { number($0, from: 1) }
            guard ids.count == words.count else { return nil }
            self = .ids(ids)
        }
    }

    /// What `--process` would be given for it.
    package var argument: String {
        switch self {
        case .run(0): "last"
        case .run(let back): "last~\(back)"
        case .all: "all"
        case .ids(let ids): ids.map(String.init).joined(separator: ",")
        case .tree(let id): "\(id)+"
        }
    }
}
