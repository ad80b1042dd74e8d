// SPDX-License-Identifier: Apache-2.0

/// Why names could not be looked up.
package struct SymbolError: Error, Codable, Hashable, Sendable {
    /// What stood in the way.
    package enum Code: String, Codable, Sendable {
        /// Nothing is at the path any more, and its debug file is not installed.
        case fileGone
        /// Another file is at the path now, and the old one's debug file is not installed.
        case fileReplaced
        /// The file is there and may not or cannot be opened.
        case fileUnreadable
        /// It is not an ELF file, or too broken to be read as one.
        case notELF
        /// The reading process was killed by what it read.
        case readerCrashed
        /// The reading process was stopped because it went on for too long.
        case readerTooSlow
        /// The reading process could not be started: nothing is said about the file.
        case readerUnavailable
        /// The database could not be read or written: nothing is said about any file.
        case databaseUnusable
    }

    /// What stood in the way.
    package var code: Code

    /// The file that was asked about.
    package var path: String

    /// What the system or libdw said, where that helps; else empty.
    package var detail: String

    /// Creates an error.
    package init(_ code: Code, path: String, detail: String = "") {
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// The reason in a few words, as the database keeps it.
    package var reason: String {
        let words =
            switch code {
            case .fileGone: "the file is gone"
            case .fileReplaced: "the file was replaced since"
            case .fileUnreadable: "the file cannot be read"
            case .notELF: "the file is not a sound ELF file"
            case .readerCrashed: "its debug information crashed the reader"
            case .readerTooSlow: "its debug information took the reader too long"
            case .readerUnavailable: "the process that reads symbols could not be started"
            case .databaseUnusable: "the database cannot keep them"
            }
        return detail.isEmpty ? words : "\(words): \(detail)"
    }
}

extension SymbolError: CustomStringConvertible {
    package var description: String { "no symbols for \(path): \(reason)" }
}
