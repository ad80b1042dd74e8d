// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Foundation

/// Suppressions from a text.
enum Suppressing {
    /// They are named as of `known.supp`, so that the folder is the same everywhere.
    static func read(_ text: String) throws -> [Suppression] {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("dltrace-\(UUID().uuidString).supp")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        return try SuppressionFile.read(file.path).map {
            Suppression(
                file: "known.supp", line: $0.line, rule: $0.rule, library: $0.library,
                symbol: $0.symbol, comment: $0.comment)
        }
    }
}
