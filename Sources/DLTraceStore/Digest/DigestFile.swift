// SPDX-License-Identifier: Apache-2.0

/// What a digest knows of a file that was loaded. Names are numbers of `DigestFiles`.
struct DigestFile {
    let binary: Int64
    /// The name that others need it by.
    let linkName: Int
    /// The names that it needs.
    let needs: [Int]
    let isFile: Bool
    /// It may be part of a cycle of files that need each other.
    let isCyclic: Bool
}
