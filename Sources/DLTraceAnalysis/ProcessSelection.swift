// SPDX-License-Identifier: Apache-2.0

/// Which processes an answer is about.
package enum ProcessSelection: Sendable, Equatable {
    /// The newest program that was started by nothing that was traced, and all that came of it.
    case last
    /// Every process in the database.
    case all
    /// The process of this number.
    case id(Int64)

    /// Reads what `--process` was given; nil if it is none of them.
    package init?(argument: String) {
        switch argument {
        case "last": self = .last
        case "all": self = .all
        default:
            guard let id = Int64(argument), id > 0 else { return nil }
            self = .id(id)
        }
    }
}
