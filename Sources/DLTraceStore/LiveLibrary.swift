// SPDX-License-Identifier: Apache-2.0

/// A library in a process, as long as it lies there.
struct LiveLibrary: Hashable {
    /// `library.id`.
    let id: Int64
    let generation: UInt32
    let start: UInt64
    let end: UInt64
    /// Seq of the event it came with; 0 for what a forked child started with.
    let since: UInt64

    func covers(_ address: UInt64) -> Bool {
        start <= address && address < end
    }
}
