// SPDX-License-Identifier: Apache-2.0

package import DLTraceStore

/// `dltrace prune`.
package struct PruneAnswer {
    private let database: String
    private let result: PruneResult
    private let isDryRun: Bool
    private let bytesAfter: UInt64

    /// What a pruning came to.
    ///
    /// - Parameters:
    ///   - database: its path.
    ///   - result: what was removed.
    ///   - isDryRun: whether it was not.
    ///   - size: the file's size now, once it is closed; nil where that is not known.
    package init(database: String, result: PruneResult, isDryRun: Bool, size: UInt64?) {
        self.database = database
        self.result = result
        self.isDryRun = isDryRun
        bytesAfter = size ?? result.bytesAfter
    }

    /// In sentences.
    package var text: String {
        let verb = isDryRun ? "would remove" : "removed"
        var lines: [String] = []
        for process in result.removed.prefix(Self.most) {
            lines.append("\(verb) \(title(process))")
        }
        if result.removed.count > Self.most {
            lines.append("\(verb) \(Words.processes(result.removed.count - Self.most)) more")
        }
        for trim in result.trimmed {
            lines.append("\(verb) the events of \(title(trim.process)) up to \(trim.lastSeq)")
        }
        for process in result.kept {
            lines.append(
                "\(title(process)) stays: it still runs, or a process that was forked from it stays"
            )
        }
        if result.removed.isEmpty, result.trimmed.isEmpty { lines.append("nothing to remove") }
        let about = isDryRun ? "would be about" : "is"
        lines.append(
            "\(database.printable) \(about) \(Words.size(bytesAfter)), was"
                + " \(Words.size(result.bytesBefore))")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same in JSON.
    package func json() throws -> String {
        try JSONText.pretty(
            PruneDocument(
                database: database, isDryRun: isDryRun, result: result, bytesAfter: bytesAfter))
    }

    private static let most = 40

    private func title(_ process: PrunableProcess) -> String {
        let program = process.executable.map { ": " + $0.printable } ?? ""
        return "process \(process.id) (pid \(process.pid)\(program))"
    }
}
