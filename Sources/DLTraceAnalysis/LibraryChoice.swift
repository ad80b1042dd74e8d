// SPDX-License-Identifier: Apache-2.0

/// Tells which library is meant by what a user writes.
struct LibraryChoice {
    private static let mostNames = 12

    private let files: [LibraryFile]

    /// A choice among files.
    init(_ files: [LibraryFile]) {
        self.files = files
    }

    /// The file that is meant: by its path, its soname, its file name, or a part of its path that no other has.
    ///
    /// - Throws: `AnalysisError` if there is none, or more than one.
    func file(_ argument: String) throws -> LibraryFile {
        let lowercase = argument.lowercased()
        let tests: [(LibraryFile) -> Bool] = [
            { $0.path == argument },
            { $0.soname == argument },
            { $0.path.lastPathPart == argument },
            { !argument.isEmpty && $0.path.contains(argument) },
            { !argument.isEmpty && $0.path.lowercased().contains(lowercase) },
        ]
        for test in tests {
            let found = files.filter(test)
            if found.count == 1 { return found[0] }
            guard found.isEmpty else {
                throw AnalysisError(
                    code: .noSuchLibrary, what: argument,
                    why: "\(found.count) libraries are called that: "
                        + Self.list(found.map(\.path)),
                    advice: "Name one of them by its path.")
            }
        }
        throw AnalysisError(
            code: .noSuchLibrary, what: argument,
            why: "no library of that name was in these processes", advice: advice(argument))
    }

    private func advice(_ argument: String) -> String {
        let name = argument.lastPathPart
        let near = files.map(\.path).map { ($0, Self.distance(name, $0.lastPathPart)) }
            .filter { $0.1 <= max(2, name.count / 3) }
            .sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            .map(\.0)
        let names = near.isEmpty ? files.map(\.path.lastPathPart).sorted() : near
        return (near.isEmpty ? "There were: " : "Near to it: ") + Self.list(names)
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(mostNames).joined(separator: ", ")
            + (names.count > mostNames ? " and \(names.count - mostNames) more" : "")
    }

    /// How many letters must be put in, taken out or changed to make one text of the other.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.prefix(128))
        var row = Array(0...right.count)
        for (number, letter) in left.prefix(128).enumerated() {
            var diagonal = row[0]
            row[0] = number + 1
            for (index, other) in right.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[index + 1]
                row[index + 1] = min(change, row[index] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
