// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The last part of a path; the text itself where it has none.
    package var lastPathPart: String {
        split(separator: "/").last.map(String.init) ?? self
    }
}
