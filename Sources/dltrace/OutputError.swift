// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The answer could not be written.
struct OutputError: Error {
    /// Why, in the system's words.
    let why: String

    /// An error of the system.
    init(errno: Int32) {
        why = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    }
}
