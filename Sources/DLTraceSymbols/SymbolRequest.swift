// SPDX-License-Identifier: Apache-2.0

/// A question for names in one file.
package struct SymbolRequest: Codable, Hashable, Sendable {
    /// The file, or the bare name of the kernel's vdso.
    package var path: String

    /// Its build id in lower-case hex, empty where it has none.
    package var buildID: String

    /// Other paths at which a file with this build id may be.
    package var otherPaths: [String]

    /// When it was first loaded, in ns since 1970; nil: not known.
    package var loadedUnixNs: Int64?

    /// Whether debug information is to be read, or symbol tables only.
    package var readsLines: Bool

    /// The places in it.
    package var addresses: [SymbolAddress]

    /// Creates a request.
    package init(
        path: String, buildID: String, otherPaths: [String] = [], loadedUnixNs: Int64? = nil,
        readsLines: Bool = true, addresses: [SymbolAddress]
    ) {
        self.path = path
        self.buildID = buildID
        self.otherPaths = otherPaths
        self.loadedUnixNs = loadedUnixNs
        self.readsLines = readsLines
        self.addresses = addresses
    }
}
