// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
package import Logging

/// Keeps a database that is recorded into below a size.
package struct Retention {
    /// A smaller one holds no trace that is worth it.
    package static let leastBytes: UInt64 = 8 << 20

    private let maxBytes: UInt64
    private let spillFolder: String
    private let logger: Logger

    /// Has the oldest of a trace removed where it would be larger than `maxBytes`.
    ///
    /// - Parameters:
    ///   - maxBytes: of the database with its journal, and its indexes in the end.
    ///   - spillFolder: where the programs' files are that are in the trace.
    ///   - logger: for what can't be kept.
    package init(maxBytes: UInt64, spillFolder: String, logger: Logger) {
        self.maxBytes = maxBytes
        self.spillFolder = spillFolder
        self.logger = logger
    }

    /// Makes room where it is needed.
    func apply(to writer: TraceWriter) throws {
        let liveness = Liveness(spillFolder: spillFolder)
        guard let result = try writer.makeRoom(below: maxBytes, isAlive: liveness.mayRun) else {
            return
        }
        logger.debug(
            "pruned",
            metadata: [
                "processes": "\(result.removed.count)", "events": "\(result.events)",
                "bytes": "\(result.bytesAfter)",
            ])
        if result.bytesAfter > maxBytes {
            logger.warning(
                "what is needed of running processes is larger than --max-size",
                metadata: ["bytes": "\(result.bytesAfter)", "path": "\(writer.path)"])
        }
    }
}
