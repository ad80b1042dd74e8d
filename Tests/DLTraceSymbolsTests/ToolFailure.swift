// SPDX-License-Identifier: Apache-2.0

/// A compiler or the like that a test needs did not do its work.
struct ToolFailure: Error, CustomStringConvertible {
    var command: String
    var status: Int32
    var output: String

    var description: String { "\(command): exit \(status)\n\(output)" }
}
