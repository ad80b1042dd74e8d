// SPDX-License-Identifier: Apache-2.0

package import DLTraceCollector
import DLTraceStore
import FuzzSupport
import GRDB
import Glibc

/// A folder with a trace that is made anew for each input; in memory, so that the disk does not set the pace.
package final class FuzzFolder {
    /// The places as the commands have them.
    package let paths: TracePaths
    /// An empty database.
    private let empty: [UInt8]

    /// Makes a folder, which stays until `make fuzz` removes it.
    ///
    /// - Throws: what keeps it from being made.
    package init() throws {
        let parent = getenv("FUZZ_FOLDER").map { String(cString: $0) } ?? "/dev/shm"
        var template = Array("\(parent)/dltrace-fuzz-XXXXXX".utf8CString)
        check(mkdtemp(&template) != nil, "no folder in \(parent)")
        let path = String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        paths = try TracePaths(environment: EnvironmentBlock(["XDG_STATE_HOME=\(path)"]))
        try paths.prepareDatabaseFolder()
        try paths.prepareSpillFolder()
        try TraceWriter(path: paths.database).finish()
        empty = Self.read(paths.database)
    }

    /// Starts with an empty database.
    package func clear() {
        for suffix in ["-wal", "-shm", "-journal"] { unlink(paths.database + suffix) }
        empty.withUnsafeBytes { Self.write($0, to: paths.database) }
    }

    /// Writes a spill file of a process that is gone.
    package func spill(_ bytes: UnsafeRawBufferPointer, stream: Int) {
        Self.write(bytes, to: "\(paths.spillFolder)/\(Int32.max)-\(stream).spill")
    }

    /// Ends the process where the database is not whole.
    package func checkWhole() throws {
        let queue = try DatabaseQueue(path: paths.database)
        defer { try? queue.close() }
        try queue.read { database in
            let damage = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            check(damage == ["ok"], "\(damage)")
            let lost = try Row.fetchAll(database, sql: "PRAGMA foreign_key_check")
            check(lost.isEmpty, "\(lost)")
            // Each record is stored once, or noted as missing.
            let odd = try Row.fetchAll(
                database,
                sql: """
                    SELECT id FROM process
                    WHERE (SELECT count(*) FROM event WHERE process_id = id)
                        + (SELECT coalesce(sum(last_seq - first_seq + 1), 0)
                            FROM gap WHERE process_id = id)
                        <> (SELECT max(coalesce(max(seq), 0),
                            (SELECT coalesce(max(last_seq), 0) FROM gap WHERE process_id = id))
                            FROM event WHERE process_id = id)
                    """)
            check(odd.isEmpty, "records and gaps do not add up: \(odd)")
        }
    }

    // MARK: - Files

    private static func read(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            filled = pread(file, buffer.baseAddress, size, 0)
            check(filled == size, "cannot read \(path)")
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(file) }
        check(
            Glibc.write(file, bytes.baseAddress, bytes.count) == bytes.count, "cannot write \(path)"
        )
    }
}
