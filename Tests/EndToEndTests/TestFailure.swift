// SPDX-License-Identifier: Apache-2.0

/// Why a test could not go on, in a sentence.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
