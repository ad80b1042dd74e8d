// SPDX-License-Identifier: Apache-2.0

/// How far work has come that can take long.
package enum Progress: Sendable, Equatable {
    /// Records that programs left are taken in; in bytes.
    case takingIn(done: UInt64, of: UInt64)
    /// Indexes are made, so that questions are answered quickly.
    case indexing(done: Int, of: Int)
}
