// SPDX-License-Identifier: Apache-2.0

/// A file of a trace, and the places in it that are to be looked up.
struct SymbolTask {
    /// The row of table binary.
    var binaryID: Int64

    /// The file's path.
    var path: String

    /// Its build id in lower-case hex, empty where it has none.
    var buildID: String

    /// Other paths at which a file with this build id was loaded.
    var otherPaths: [String] = []

    /// The first and last time it was loaded, in ns since 1970; nil: not asked for or not known.
    var loadedUnixNs: ClosedRange<Int64>?

    /// The file and its debug file as they are now.
    var evidence: SymbolEvidence

    /// The places: not looked up before, or in vain with other files.
    var addresses: [SymbolAddress] = []

    /// Whether the file has no build id and has changed since some process loaded it, though not
    /// since the last one did: for that one its names are right.
    var isAmbiguous: Bool {
        guard let loadedUnixNs, let changed = evidence.file?.changedUnixNs else { return false }
        return loadedUnixNs.contains(changed) && changed > loadedUnixNs.lowerBound
    }

    /// The request for some of the places.
    func request(for addresses: [SymbolAddress]) -> SymbolRequest {
        SymbolRequest(
            path: path, buildID: buildID, otherPaths: otherPaths,
            loadedUnixNs: loadedUnixNs?.upperBound, addresses: addresses)
    }
}
