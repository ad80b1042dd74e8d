// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An environment as a program gets it: byte for byte, in order, whatever the entries hold.
package struct EnvironmentBlock: Sendable {
    private(set) var entries: [[CChar]]

    /// Takes this process's own environment.
    package init() {
        entries = []
        var next = environ
        while let entry = next.pointee {
            entries.append(Array(UnsafeBufferPointer(start: entry, count: strlen(entry) + 1)))
            next += 1
        }
    }

    /// Makes an environment of `NAME=value` texts.
    package init(_ entries: [String]) {
        self.entries = entries.map { Array($0.utf8CString) }
    }

    /// The value of a variable, in which what is not UTF-8 is replaced; otherwise as `subscript(raw:)`.
    package subscript(_ name: String) -> String? {
        get { self[raw: name]?.description }
        set { self[raw: name] = newValue.map { RawText($0) } }
    }

    /// The value of a variable; nil where it is missing, and where it is empty, which means the same to
    /// dltrace. Setting it replaces the first entry of that name, or adds one; nil removes all of them.
    subscript(raw name: String) -> RawText? {
        get {
            let prefix = Self.prefix(name)
            guard let entry = entries.first(where: { $0.starts(with: prefix) }) else { return nil }
            let value = RawText(cString: Array(entry.dropFirst(prefix.count)))
            return value.bytes.isEmpty ? nil : value
        }
        set {
            let prefix = Self.prefix(name)
            let index = entries.firstIndex { $0.starts(with: prefix) }
            guard let newValue else {
                entries.removeAll { $0.starts(with: prefix) }
                return
            }
            let entry = prefix + newValue.cString
            if let index {
                entries[index] = entry
            } else {
                entries.append(entry)
            }
        }
    }

    private static func prefix(_ name: String) -> [CChar] {
        "\(name)=".utf8.map { CChar(bitPattern: $0) }
    }
}
