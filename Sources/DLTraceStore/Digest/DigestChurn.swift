// SPDX-License-Identifier: Apache-2.0

/// How often a file was loaded by a dlopen of it in one place, and unloaded.
struct DigestChurn {
    /// The file and the place.
    struct Place: Hashable {
        let binary: Int64
        let namespace: Int64
        let caller: Int64
        let stack: Int64
    }

    var loads: Int64 = 0
    var unloads: Int64 = 0
    var spentNs: Int64 = 0
    var firstSeq: Int64 = .max
    var closeSeq: Int64?
}
