// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Testing

@testable import DLTraceSymbols

@Suite struct SymbolKeeperTests {
    let folder: TestFolder
    let trace: TestTrace
    let limits: SymbolizerLimits

    init() throws {
        folder = try TestFolder()
        trace = try TestTrace(folder)
        var limits = SymbolizerLimits()
        limits.debugFolders = [folder.file("debug")]
        self.limits = limits
    }

    @discardableResult
    private func resolve(_ reading: SymbolReading = .here) throws -> SymbolSummary {
        try SymbolKeeper.resolveMissing(in: trace.path, using: reading, limits: limits)
    }

    private func library(_ name: String = "full.so", _ options: String = "-g") throws -> Victim {
        try Victim(
            folder, name, source: "library.c", Sources.library, "-O1 -shared -fPIC \(options)")
    }

    // MARK: - What is looked up

    @Test(
        arguments: [
            "fork_handler", "tls_key_create", "signal_handler", "cxa_atexit", "on_exit", "putenv",
            "atfork", "thread_local", "thread", "thread_start",
        ])
    func `What an event of these kinds is about is looked up`(kind: String) throws {
        let victim = try library()
        let function = try victim.address(of: "hidden_work")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.addEvent(seq: 1, kind: kind, library: 1, fileAddress: function)
        #expect(try resolve() == SymbolSummary(lookedUp: 1, named: 1))
        #expect(try trace.symbols() == ["1|\(function)|1|0|hidden_work|0"])
    }

    @Test func `What is left behind is looked up, with the data that points to it`() throws {
        let victim = try library()
        let function = try victim.address(of: "hidden_work")
        let data = try victim.address(of: "sink")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.addEvent(seq: 1, kind: "left", library: 1, fileAddress: function + 4)
        try trace.addEvent(seq: 2, kind: "left", library: 1, fileAddress: data)
        try trace.execute(
            """
            INSERT INTO left_behind (process_id, seq, type, holder_library_id, holder_address)
            SELECT 1, 1, 'thread_stack', NULL, NULL
            UNION ALL
            SELECT 1, 2, 'pointer', 1, base_address + ? FROM library
            """, [Int64(data + 2)])
        #expect(try resolve() == SymbolSummary(lookedUp: 3, named: 3))
        #expect(
            try trace.symbols() == [
                "1|\(function + 4)|0|0|hidden_work|4",
                "1|\(data)|1|0|sink|0",
                "1|\(data + 2)|1|0|sink|2",
            ])
        #expect(
            try trace.rows("SELECT name, is_data FROM symbol ORDER BY file_address")
                == ["hidden_work|0", "sink|1", "sink|1"])
    }

    @Test func `Every place of stacks, destructors and faults is looked up once`() throws {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        let exported = try victim.address(of: "exported_work")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.addFrame(library: 1, fileAddress: hidden + 4, isExact: false)
        try trace.addFrame(library: 1, fileAddress: hidden + 4, isExact: true)
        try trace.addFrame(library: 1, fileAddress: exported, isExact: false)
        try trace.addEvent(seq: 1, kind: "fini_function", library: 1, fileAddress: exported)
        try trace.addEvent(seq: 2, kind: "exit_handler", library: 1, fileAddress: exported)
        try trace.addEvent(seq: 3, kind: "thread_destructor", library: 1, fileAddress: hidden)
        try trace.addEvent(seq: 4, kind: "dlclose", library: 1, fileAddress: hidden + 1)
        try trace.addEvent(seq: 5, kind: "fault", library: 1, fileAddress: 0)
        try trace.execute(
            """
            INSERT INTO fault (process_id, seq, signal, code, address, pc, sp)
            SELECT 1, 5, 11, 1, 0, base_address + ?, 0 FROM library WHERE id = 1
            """, [Int64(hidden + 5)])

        #expect(try resolve() == SymbolSummary(lookedUp: 6, named: 6))
        // The return address at exported_work's start belongs to what ends in front of it.
        let before = exported - hidden
        #expect(
            try trace.symbols() == [
                "1|\(hidden)|1|0|hidden_work|0",
                "1|\(hidden + 4)|0|0|hidden_work|4",
                "1|\(hidden + 4)|1|0|hidden_work|4",
                "1|\(hidden + 5)|1|0|hidden_work|5",
                "1|\(exported)|0|0|hidden_work|\(before)",
                "1|\(exported)|1|0|exported_work|0",
            ])
        #expect(
            try trace.rows("SELECT DISTINCT source_file FROM symbol") == [
                folder.file("library.c")
            ])
        #expect(try trace.failures().isEmpty)
        #expect(try resolve() == SymbolSummary())
    }

    @Test func `Inlined functions are rows of their own, innermost first`() throws {
        let victim = try Victim(folder, source: "inlined.cpp", Sources.inlined, "-g -O2")
        let symbols = try victim.symbols()
        let range = try #require(symbols["_ZN3box6HolderIlED2Ev"])
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        for address in range.address..<range.address + range.size {
            try trace.addFrame(library: 1, fileAddress: address, isExact: true)
        }
        try resolve()
        let inlined = try trace.rows(
            """
            SELECT DISTINCT group_concat(name || coalesce('+' || symbol_offset, ''), ' ')
              FROM (SELECT * FROM symbol ORDER BY file_address, inline_depth)
             GROUP BY file_address
            HAVING count(*) = 3
             ORDER BY file_address
            """)
        let first = try #require(inlined.first)
        #expect(
            first.wholeMatch(
                of: /box::innermost box::middle\(int\) box::Holder<long>::~Holder\(\)\+\d+/) != nil)
    }

    @Test func `A place in a library that was unloaded by then is looked up, also in a child`()
        throws
    {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        let exported = try victim.address(of: "exported_work")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.execute(
            "INSERT INTO process (id, stream, pid, parent_id, parent_seq) VALUES (2, 2, 2, 1, 9)")
        try trace.addEvent(seq: 1, kind: "fault", library: 1)
        try trace.execute("UPDATE event SET process_id = 2")
        try trace.execute(
            """
            INSERT INTO fault (process_id, seq, signal, code, address, pc, sp)
            SELECT 2, 1, 11, 1, base_address + ?, base_address + ?, 0 FROM library
            """, [Int64(exported), Int64(hidden + 1)])
        try trace.execute(
            """
            INSERT INTO frame (process_id, address, library_id, is_exact)
            SELECT 2, base_address + ?, NULL, 0 FROM library
             UNION ALL
            SELECT 2, end_address + 1, NULL, 0 FROM library
            """, [Int64(exported)])
        try resolve()
        #expect(
            try trace.symbols() == [
                "1|\(hidden + 1)|1|0|hidden_work|1",
                "1|\(exported)|0|0|hidden_work|\(exported - hidden)",
                "1|\(exported)|1|0|exported_work|0",
            ])
    }

    @Test func `Addresses that no file can have are left alone`() throws {
        try trace.addLibrary(id: 1, path: "/nowhere", buildID: "00")
        try trace.execute("UPDATE library SET base_address = 9223372036854775807")
        try trace.execute(
            """
            INSERT INTO frame (process_id, address, library_id, is_exact)
            VALUES (1, -9223372036854775807, 1, 0), (1, 5, NULL, 0), (1, -2, 1, 1)
            """)
        #expect(try resolve().lookedUp == 0)
    }

    @Test func `More places than fit a request are looked up`() throws {
        let victim = try library()
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.execute(
            """
            INSERT INTO frame (process_id, address, library_id, is_exact)
            WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
            SELECT 1, base_address + i, 1, 1 FROM library, n WHERE id = 1
            """)
        #expect(try resolve().lookedUp == 10_000)
        #expect(try trace.rows("SELECT count(DISTINCT file_address) FROM symbol") == ["10000"])
        let exported = try victim.address(of: "exported_work")
        #expect(
            try trace.rows("SELECT name FROM symbol WHERE file_address = \(exported)") == [
                "exported_work"
            ])
    }

    // MARK: - What stands in the way

    @Test func `A file that has gone is a failure until it is back`() throws {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.addFrame(library: 1, fileAddress: hidden, isExact: true)
        try folder.run("mv full.so away.so")
        let first = try resolve()
        #expect(first.failures.map(\.code) == [.fileGone])
        #expect(try trace.failures() == ["1|the file is gone"])
        #expect(try trace.symbols() == ["1|\(hidden)|1|0||"])
        #expect(try resolve() == SymbolSummary())

        try folder.run("cp /bin/true full.so")
        try resolve()
        #expect(try trace.failures() == ["1|the file was replaced since"])
        #expect(try resolve() == SymbolSummary())

        try folder.run("mv away.so full.so")
        #expect(try resolve() == SymbolSummary(lookedUp: 1, named: 1))
        #expect(try trace.failures().isEmpty)
        #expect(try trace.symbols() == ["1|\(hidden)|1|0|hidden_work|0"])
    }

    @Test func `Names outlive their file`() throws {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.addFrame(library: 1, fileAddress: hidden, isExact: true)
        try resolve()
        let symbols = try trace.symbols()
        try folder.run("rm full.so")
        try resolve()
        #expect(try trace.symbols() == symbols)
        #expect(try trace.failures().isEmpty)

        // Only the new place is affected.
        try trace.addFrame(library: 1, fileAddress: hidden + 1, isExact: true)
        try resolve()
        #expect(try trace.symbols() == symbols + ["1|\(hidden + 1)|1|0||"])
        #expect(try trace.failures() == ["1|the file is gone"])
    }

    @Test func `A debug package that is installed later gives its names and lines`() throws {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        let exported = try victim.address(of: "exported_work")
        let buildID = try victim.buildID()
        try folder.run("strip -o stripped.so full.so")
        try trace.addLibrary(id: 1, path: folder.file("stripped.so"), buildID: buildID)
        try trace.addFrame(library: 1, fileAddress: hidden, isExact: true)
        try trace.addFrame(library: 1, fileAddress: exported, isExact: true)
        try resolve()
        #expect(
            try trace.symbols() == ["1|\(hidden)|1|0||", "1|\(exported)|1|0|exported_work|0"])
        #expect(try trace.failures().isEmpty)
        #expect(try resolve() == SymbolSummary())

        let place = "debug/.build-id/\(buildID.prefix(2))"
        try folder.run("mkdir -p \(place)")
        try folder.run(
            "objcopy --only-keep-debug full.so \(place)/\(buildID.dropFirst(2)).debug")
        #expect(try resolve() == SymbolSummary(lookedUp: 2, named: 2))
        let lines = try victim.lines([hidden, exported]).map { $0[0] }
        #expect(
            try trace.rows(
                """
                SELECT source_file || ':' || source_line || ' ' || name
                  FROM symbol
                 ORDER BY file_address
                """) == ["\(lines[0]) hidden_work", "\(lines[1]) exported_work"])
        #expect(try resolve() == SymbolSummary())
    }

    @Test func `A file that crashes its reader costs its own names only`() throws {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        try trace.addLibrary(id: 1, path: "/evil.so", buildID: "00")
        try trace.addLibrary(id: 2, path: victim.path, buildID: victim.buildID())
        try trace.addFrame(library: 1, fileAddress: 1, isExact: true)
        try trace.addFrame(library: 2, fileAddress: hidden, isExact: true)
        let script = """
            read -r limits; echo '{}'
            while read -r request; do
                case "$request" in
                *evil.so*) kill -SEGV $$ ;;
                *) echo '{"places":[[{"n":"hidden_work","o":0}]]}' ;;
                esac
            done
            """
        let reading = SymbolReading.process(
            program: "/bin/sh", arguments: ["sh", "-c", script])
        let summary = try resolve(reading)
        #expect(summary.named == 1)
        #expect(try trace.failures() == ["1|its debug information crashed the reader"])
        #expect(try trace.symbols() == ["1|1|1|0||", "2|\(hidden)|1|0|hidden_work|0"])
        #expect(try resolve(reading) == SymbolSummary())
    }

    @Test func `Nothing is recorded when no reader can be started`() throws {
        try trace.addLibrary(id: 1, path: "/bin/true", buildID: "00")
        try trace.addFrame(library: 1, fileAddress: 1, isExact: true)
        do throws(SymbolError) {
            try SymbolKeeper.resolveMissing(
                in: trace.path, using: .process(program: "/nowhere", arguments: ["x"]))
            Issue.record("no error")
        } catch {
            #expect(error.code == .readerUnavailable)
        }
        #expect(try trace.symbols().isEmpty)
        #expect(try trace.failures().isEmpty)
    }

    // MARK: - Without build id

    @Test func `A file without build id that was replaced is not used silently`() throws {
        let victim = try library("full.so", "-Wl,--build-id=none")
        let hidden = try victim.address(of: "hidden_work")
        let changed = try #require(FileIdentity(path: victim.path)).changedUnixNs
        try trace.addLibrary(id: 1, path: victim.path, buildID: "")
        try trace.addFrame(library: 1, fileAddress: hidden, isExact: true)
        // Loaded a second before the file changed: the process's clocks differ by 500 ns.
        try trace.addEvent(
            seq: 1, kind: "load", timeNs: changed - 500 - 1_000_000_000, library: 1)
        try resolve()
        #expect(try trace.failures() == ["1|the file was replaced since"])
        #expect(try trace.symbols() == ["1|\(hidden)|1|0||"])

        // And loaded again a second after: right for this one only.
        try trace.addEvent(
            seq: 2, kind: "load", timeNs: changed - 500 + 1_000_000_000, library: 1)
        try trace.addFrame(library: 1, fileAddress: hidden + 1, isExact: true)
        try resolve()
        #expect(
            try trace.failures() == [
                "1|it has no build id, and was replaced after some processes had loaded it"
            ])
        #expect(try trace.symbols().last == "1|\(hidden + 1)|1|0|hidden_work|1")
    }

    // MARK: - The database

    @Test func `A database that cannot be used is named with the reason`() throws {
        func reason(_ path: String) throws -> String {
            do throws(SymbolError) {
                try SymbolKeeper.resolveMissing(in: path, using: .here)
                return "no error"
            } catch {
                return error.description
            }
        }
        let missing = folder.file("missing.db")
        #expect(try reason(missing).contains("No such file or directory"))
        #expect(!FileManager.default.fileExists(atPath: missing))
        let text = try folder.write("text.db", "no database at all, far from it")
        #expect(try reason(text).contains("file is not a database"))
        try folder.run("sqlite3", ["other.db", "CREATE TABLE t (i)"])
        #expect(try reason(folder.file("other.db")).contains("not a dltrace database"))
        try trace.execute("PRAGMA user_version = 99")
        #expect(try reason(trace.path).contains("another version of dltrace"))
    }

    @Test func `Others can read and write the database in the meantime`() throws {
        let victim = try library()
        let hidden = try victim.address(of: "hidden_work")
        try trace.execute("INSERT INTO text (value) VALUES ('before')")
        try trace.addLibrary(id: 1, path: victim.path, buildID: victim.buildID())
        try trace.addFrame(library: 1, fileAddress: hidden, isExact: true)
        let script = """
            read -r limits; echo '{}'; read -r request
            sqlite3 \(trace.path) "INSERT INTO text (value) VALUES ('meanwhile')" || exit 1
            echo '{"places":[[{"n":"found"}]]}'
            """
        try resolve(.process(program: "/bin/sh", arguments: ["sh", "-c", script]))
        #expect(try trace.rows("SELECT value FROM text ORDER BY id") == ["before", "meanwhile"])
        #expect(try trace.symbols() == ["1|\(hidden)|1|0|found|"])
    }
}
