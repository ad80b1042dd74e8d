// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A null-terminated array of C strings, as argv and envp are.
final class CStringArray {
    /// The strings and the null pointer behind them, valid while the object lives.
    let pointers: [UnsafeMutablePointer<CChar>?]

    /// Copies strings that have their terminating zeros.
    init(_ strings: [[CChar]]) {
        pointers =
            strings.map { string in
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: string.count)
                copy.initialize(from: string, count: string.count)
                return copy
            } + [nil]
    }

    deinit {
        for pointer in pointers { pointer?.deallocate() }
    }
}
