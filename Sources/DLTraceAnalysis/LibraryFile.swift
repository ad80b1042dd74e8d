// SPDX-License-Identifier: Apache-2.0

/// A file that was loaded as a library.
struct LibraryFile: Sendable, Equatable {
    /// Its rows in table binary, one for each build id that was at its path.
    var binaries: [Int64]
    /// Its full path.
    let path: String
    /// Its DT_SONAME.
    let soname: String?
}
