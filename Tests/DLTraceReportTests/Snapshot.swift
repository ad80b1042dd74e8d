// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whole outputs, kept as files in Snapshots/.
///
/// DLTRACE_RECORD=1 writes them anew, and fails, so that nobody takes that for a test.
enum Snapshot {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Snapshots")

    /// Holds an output against its file.
    static func expect(_ text: String, is name: String) throws {
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["DLTRACE_RECORD"] == "1" {
            try Data(text.utf8).write(to: file)
            Issue.record("recorded \(name)")
            return
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(name)")
    }
}
