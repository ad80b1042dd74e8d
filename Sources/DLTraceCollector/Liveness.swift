// SPDX-License-Identifier: Apache-2.0

package import DLTraceStore
import Glibc

/// Tells whether processes of which no end was seen may still be there.
///
/// A number alone does not tell where they live in another pid namespace: there they have a spill file, which is
/// taken in and removed once they are gone.
package final class Liveness {
    private static let depthLimit = 8

    private let spillFolder: String
    private lazy var streams = Self.streams(in: spillFolder, depth: 0)

    /// Looks for files in a spill folder, when it is asked for the first time.
    package init(spillFolder: String) {
        self.spillFolder = spillFolder
    }

    /// Whether a process may still be there.
    package func mayRun(_ process: PrunableProcess) -> Bool {
        if streams.contains(process.stream) { return true }
        guard let pid = pid_t(exactly: process.pid), let start = ProcessTable.startSeconds(of: pid)
        else { return false }
        // Another process of the same number started later. It says HELLO soon after its start.
        return process.startedUnixNs.map { start <= Double($0) / 1e9 + 1 } ?? true
    }

    private static func streams(in folder: String, depth: Int) -> Set<UInt64> {
        var streams: Set<UInt64> = []
        for name in FolderList.names(in: folder) {
            if name.hasSuffix(SpillFile.suffix) {
                let words = name.dropLast(SpillFile.suffix.count).split(separator: "-")
                if words.count > 1, let stream = UInt64(words[1], radix: 16) {
                    streams.insert(stream)
                }
            } else if name.hasPrefix(SpillFolder.runPrefix), depth < depthLimit {
                streams.formUnion(Self.streams(in: folder + "/" + name, depth: depth + 1))
            }
        }
        return streams
    }
}
