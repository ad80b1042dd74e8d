// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB

/// A database with rows as the collector writes them, for a scenario told step by step.
///
/// The last process added is the one that events go to. Times are 1 µs an event.
package final class TraceFixture {
    /// The file.
    package let path: String
    /// The number of the process that events go to.
    package private(set) var process: Int64 = 0
    /// The last event's number.
    package private(set) var seq: Int64 = 0
    /// The main program.
    package private(set) var host = FixtureLibrary(id: 0, binary: 0, base: 0)
    /// The C library, which was there at start.
    package private(set) var libc = FixtureLibrary(id: 0, binary: 0, base: 0)

    private let queue: DatabaseQueue
    private let folder: URL
    private var generation: Int64 = 0
    private var thread: Int64 = 0
    private var enclosing: [(seq: Int64, phase: String?)] = []
    private var unloaded: Set<Int64> = []

    /// An empty database in a folder of its own.
    package init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("dltrace-fixture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("trace.db").path
        queue = try DatabaseQueue(path: path)
        let sql = try Self.sql("schema")
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
            try db.execute(sql: sql)
        }
    }

    private static func sql(_ name: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/DLTraceStore/Schema/\(name).sql")
        return try String(contentsOf: file, encoding: .utf8)
    }

    /// Makes the indexes, as the collector does when a recording ends.
    package func makeIndexes() throws {
        try execute(try Self.sql("indexes"))
    }

    deinit {
        if ProcessInfo.processInfo.environment["DLTRACE_TEST_KEEP"] == nil {
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// Runs SQL, for what no step is made for.
    package func execute(_ sql: String) throws {
        try execute(sql, [])
    }

    /// Runs SQL that brings its own transaction.
    package func executeOutside(_ sql: String) throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// Hands the file over to a reader: one file, closed.
    package func close() throws -> String {
        try queue.close()
        return path
    }

    // MARK: - Processes

    /// A new program with what is there at start; or, with a parent, what a fork makes.
    package func start(
        _ executable: String = "/opt/demo/host", forkedFrom parent: Int64? = nil
    ) throws {
        let parentSeq = parent == nil ? nil : seq
        process += 1
        seq = 0
        thread = 4710 + process
        enclosing = []
        if parent == nil { generation = 0 }
        try execute(
            """
            INSERT INTO process (
                id, stream, pid, ppid, parent_id, parent_seq, executable, arguments,
                interposer_version, started_unix_ns, started_ns
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '0.1.0', ?, 1000000)
            """,
            [
                process, 100 + process, thread, parent.map { 4710 + $0 } ?? 4000, parent, parentSeq,
                executable, "[\"\(executable)\"]", 1_790_000_000_000_000_000 + process,
            ])
        try event("hello")
        guard parent == nil else { return }
        host = try library(executable, base: 0x40_0000, origin: "program", atStart: true)
        _ = try library(
            "/lib64/ld-linux-x86-64.so.2", base: 0x7f00_0000_0000, origin: "loader", atStart: true)
        libc = try library(
            "/lib/x86_64-linux-gnu/libc.so.6", base: 0x7f00_0100_0000, soname: "libc.so.6",
            atStart: true)
        _ = try library(
            "/usr/lib/libdltrace.so", base: 0x7f00_0200_0000, origin: "tracer", atStart: true)
    }

    /// The process exits, and its BYE arrives.
    package func bye(status: Int64 = 0) throws {
        enclosing = []
        try event("bye", value: status, detail: 1)
        try execute(
            """
            INSERT INTO process_end (process_id, witness, status, ended_unix_ns)
            VALUES (?, 'bye', ?, ?)
            """, [process, status, 1_790_000_001_000_000_000])
    }

    /// The process exits without a BYE, and its parent sees that.
    package func exitsUnheard() throws {
        try execute(
            """
            INSERT INTO process_end (process_id, witness, status, ended_unix_ns)
            VALUES (?, 'wait', 0, ?)
            """, [process, 1_790_000_001_000_000_000])
    }

    /// A signal kills the process, and its parent sees that.
    package func killed(by signal: Int64) throws {
        try execute(
            """
            INSERT INTO process_end (process_id, witness, signal, core_dumped, ended_unix_ns)
            VALUES (?, 'wait', ?, 1, ?)
            """, [process, signal, 1_790_000_001_000_000_000])
    }

    /// Bytes of a source, each time eight of them, were no record.
    package func brokenInput(
        _ source: String, at offsets: [Int64] = [0], skipping bytes: Int64 = 8, _ reason: String,
        stream: Int64? = nil
    ) throws {
        for offset in offsets {
            try execute(
                "INSERT INTO broken_input VALUES (NULL, ?, ?, ?, ?, ?)",
                [source, offset, bytes, reason, stream])
        }
    }

    // MARK: - Libraries

    /// A library appears.
    @discardableResult
    package func library(
        _ path: String, base: Int64, origin: String = "file", soname: String? = nil,
        flags: Int64 = 0, hasUnique: Bool = false, atStart: Bool = false, needs: [String] = []
    ) throws -> FixtureLibrary {
        generation += 1
        let row: FixtureLibrary = try queue.write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO binary (path, build_id) VALUES (?, ?)",
                arguments: [path, "abcd"])
            let binary =
                try Int64.fetchOne(
                    db, sql: "SELECT id FROM binary WHERE path = ?", arguments: [path])
                ?? 0
            try db.execute(
                sql: """
                    INSERT INTO library (
                        process_id, generation, binary_id, soname, origin, link_map, base_address,
                        start_address, end_address, namespace, flags_1, at_start, has_unique, has_tls,
                        has_init, has_fini, unseen_fini
                    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, 0, 0, 1, 0)
                    """,
                arguments: [
                    process, generation, binary, soname, origin, base + 0x10, base, base,
                    base + 0x1_0000, flags, atStart, hasUnique,
                ])
            let id = db.lastInsertedRowID
            for (position, name) in needs.enumerated() {
                try db.execute(
                    sql: "INSERT INTO library_needed VALUES (?, ?, ?)",
                    arguments: [id, position, name])
            }
            return FixtureLibrary(id: id, binary: binary, base: base)
        }
        try event(origin == "file" ? "load" : "present", library: row)
        return row
    }

    /// A library goes.
    package func unload(_ library: FixtureLibrary) throws {
        try event("unload", library: library)
        unloaded.insert(library.id)
    }

    // MARK: - Events

    /// One event; returns its number.
    @discardableResult
    package func event(
        _ kind: String, library: FixtureLibrary? = nil, stack: Int64? = nil, address: Int64? = nil,
        value: Int64? = nil, detail: Int64? = nil, text: String? = nil, phase: String? = nil,
        parent: Int64? = nil, thread other: Int64? = nil
    ) throws -> Int64 {
        seq += 1
        let textID: Int64? = try text.map { text in
            try queue.write { db in
                try db.execute(
                    sql: "INSERT OR IGNORE INTO text (value) VALUES (?)", arguments: [text])
                return try Int64.fetchOne(
                    db, sql: "SELECT id FROM text WHERE value = ?", arguments: [text]) ?? 0
            }
        }
        try execute(
            "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                process, seq, kind, 1_000_000 + seq * 1000, other ?? thread,
                parent ?? enclosing.last?.seq, phase ?? enclosing.last?.phase, library?.id, stack,
                address, value, detail, textID,
            ])
        return seq
    }

    /// An event with what happens beneath it, and its END unless it never returns.
    @discardableResult
    package func call(
        _ kind: String, library: FixtureLibrary? = nil, stack: Int64? = nil, address: Int64? = nil,
        value: Int64? = nil, detail: Int64? = nil, text: String? = nil, phase: String? = nil,
        returns: Bool = true, result: Int64 = 0,
        _ beneath: () throws -> FixtureLibrary? = { nil }, error: String? = nil
    ) throws -> Int64 {
        let number = try event(
            kind, library: library, stack: stack, address: address, value: value, detail: detail,
            text: text, phase: phase)
        enclosing.append((number, phase ?? enclosing.last?.phase))
        let opened = try beneath()
        enclosing.removeLast()
        if returns {
            try event(
                "end", library: opened, address: opened?.handle ?? result, text: error,
                parent: number)
        }
        return number
    }

    /// A dlopen, with what it loads beneath.
    @discardableResult
    package func open(
        _ name: String?, flags: Int64 = 2, from stack: Int64, phase: String? = nil,
        _ beneath: () throws -> FixtureLibrary?
    ) throws -> Int64 {
        try call("dlopen", stack: stack, value: flags, text: name, phase: phase, beneath)
    }

    /// A dlopen that fails.
    package func fail(_ name: String, flags: Int64 = 2, from stack: Int64, error: String) throws {
        try call("dlopen", stack: stack, value: flags, text: name, error: error)
    }

    /// A dlclose, with what it does beneath.
    @discardableResult
    package func close(
        _ library: FixtureLibrary, from stack: Int64, _ beneath: () throws -> Void = {}
    ) throws -> Int64 {
        try call("dlclose", library: library, stack: stack, address: library.handle) {
            try beneath()
            return nil
        }
    }

    /// The finalization of a library, with its functions beneath.
    package func fini(
        _ library: FixtureLibrary, phase: String, _ beneath: () throws -> Void = {}
    ) throws {
        try call("fini", library: library, value: 0, phase: phase) {
            try beneath()
            return nil
        }
    }

    /// A destructor function, with what it does beneath.
    package func function(
        _ kind: String, in library: FixtureLibrary, at offset: Int64, named name: String,
        type: Int64, phase: String?, returns: Bool = true, _ beneath: () throws -> Void = {}
    ) throws {
        try symbol(library, offset, name, isExact: true)
        try call(
            kind, library: library, address: library.base + offset, detail: type, phase: phase,
            returns: returns
        ) {
            try beneath()
            return nil
        }
    }

    /// The process exits, with its handlers and finis beneath.
    package func exit(_ beneath: () throws -> Void = {}) throws {
        try call("exit", value: 0, detail: 1, returns: false) {
            try beneath()
            return nil
        }
    }

    /// A fatal signal at an address that the program counter is at, too.
    package func fault(at address: Int64, pc: Int64? = nil, stack: Int64) throws {
        let number = try event("fault", stack: stack, address: address, value: 11, detail: 1)
        try execute(
            "INSERT INTO fault VALUES (?, ?, 11, 1, ?, ?, 0)",
            [process, number, address, pc ?? address])
    }

    // MARK: - Stacks

    /// A stack of return addresses, innermost first.
    package func stack(
        _ frames: FixtureFrame..., isEnclosed: Bool = false, isExact: Bool = false
    ) throws -> Int64 {
        try execute(
            "INSERT INTO stack (is_truncated, is_broken, is_enclosed) VALUES (0, 0, ?)",
            [isEnclosed])
        let id = try queue.read { try Int64.fetchOne($0, sql: "SELECT MAX(id) FROM stack") ?? 0 }
        for (position, frame) in frames.enumerated() {
            let isExact = isExact && position == 0
            let isGone = frame.library.map { unloaded.contains($0.id) } ?? true
            try queue.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO frame (process_id, address, library_id, is_exact)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [
                        process, (frame.library?.base ?? 0) + frame.offset,
                        isGone ? nil : frame.library?.id, isExact,
                    ])
                try db.execute(
                    sql: "INSERT INTO stack_frame VALUES (?, ?, ?)",
                    arguments: [id, position, db.lastInsertedRowID])
            }
            if let library = frame.library, let name = frame.symbol {
                try symbol(library, frame.offset, name, isExact: isExact)
            }
        }
        return id
    }

    func symbol(
        _ library: FixtureLibrary, _ offset: Int64, _ name: String, isExact: Bool,
        isData: Bool = false
    ) throws {
        try execute(
            "INSERT OR IGNORE INTO symbol VALUES (?, ?, ?, 0, ?, ?, 'demo.cpp', 12, ?)",
            [library.binary, offset, isExact, name, isExact ? 0 : 0x1c, isData])
    }
}
