// SPDX-License-Identifier: Apache-2.0

/// What the names of a file are looked up in, as far as a look-up later can differ from one now.
struct SymbolEvidence: CustomStringConvertible {
    /// The file itself, nil where there is none at its path.
    var file: FileIdentity?

    /// Its debug file by build id, nil where none is installed.
    var debugFile: FileIdentity?

    /// Looks at the files.
    init(path: String, buildID: String, debugFolders: [String]) {
        file = path.hasPrefix("/") ? FileIdentity(path: path) : nil
        debugFile =
            DebugSearch.candidates(buildID: buildID, folders: debugFolders)
            .lazy.compactMap { FileIdentity(path: $0) }.first
    }

    var description: String {
        "file \(file?.description ?? "none"), debug file \(debugFile?.description ?? "none")"
    }
}
