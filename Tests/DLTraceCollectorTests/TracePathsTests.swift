// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceCollector

@Suite("Places")
struct TracePathsTests {
    @Test("Without variables everything lies in the home and /tmp")
    func defaults() throws {
        let paths = try TracePaths(environment: EnvironmentBlock(["HOME=/home/u"]))
        #expect(paths.database == "/home/u/.local/state/dltrace/dltrace.db")
        #expect(paths.spillFolder == "/home/u/.local/state/dltrace/spill")
        #expect(paths.pipe == "/tmp/dltrace-\(geteuid())/pipe")
    }

    @Test("The XDG folders go before the home, if they are absolute")
    func xdg() throws {
        let paths = try TracePaths(
            environment: EnvironmentBlock([
                "HOME=/home/u", "XDG_STATE_HOME=/s", "XDG_RUNTIME_DIR=relative",
            ]))
        #expect(paths.database == "/s/dltrace/dltrace.db")
        #expect(paths.pipe == "/tmp/dltrace-\(geteuid())/pipe")
    }

    @Test("dltrace's own variables go before all, and an empty one counts as none")
    func own() throws {
        let paths = try TracePaths(
            environment: EnvironmentBlock([
                "HOME=/h", "DLTRACE_DB=/d/x.db", "DLTRACE_SPILL=", "DLTRACE_PIPE=/p/fifo",
            ]))
        #expect(paths.database == "/d/x.db")
        #expect(paths.spillFolder == "/h/.local/state/dltrace/spill")
        #expect(paths.pipe == "/p/fifo")
    }

    @Test("Another database than the usual one has its own spill folder")
    func otherDatabase() throws {
        let environment = EnvironmentBlock(["HOME=/h"])
        #expect(
            try TracePaths(environment: environment, database: "/t/o.db").spillFolder
                == "/t/o.db.spill")
    }

    @Test("A run within a run does not spill into the other's folder")
    func nested() throws {
        let environment = EnvironmentBlock(["HOME=/h", "DLTRACE_SPILL=/s/run-abc123"])
        #expect(try TracePaths(environment: environment).spillFolder == "/s")
    }

    @Test("Without a home the database must be named")
    func homeless() {
        #expect(throws: CollectorError.self) { try TracePaths(environment: EnvironmentBlock([])) }
    }

    @Test("A place that is not UTF-8 is refused, since another one would be meant by its name")
    func bytes() throws {
        for name in ["DLTRACE_DB", "DLTRACE_SPILL", "DLTRACE_PIPE", "XDG_STATE_HOME"] {
            var environment = EnvironmentBlock(["HOME=/h"])
            environment[raw: name] = RawText([UInt8(ascii: "/"), 0xff])
            let error = #expect(throws: CollectorError.self) {
                try TracePaths(environment: environment)
            }
            #expect(error?.description.contains(name) == true)
            #expect(error?.exitStatus == 73)
        }
        var environment = EnvironmentBlock(["HOME=/h", "XDG_STATE_HOME=/s"])
        environment[raw: "HOME"] = RawText([UInt8(ascii: "/"), 0xff])
        #expect(try TracePaths(environment: environment).database == "/s/dltrace/dltrace.db")
    }

    @Test("Folders are made with mode 0700")
    func made() throws {
        let folder = try TestFolder()
        let paths = try TracePaths(environment: EnvironmentBlock(["HOME=\(folder.path)"]))
        try paths.prepareDatabaseFolder()
        try paths.prepareSpillFolder()
        for path in [paths.spillFolder, folder / ".local/state/dltrace", folder / ".local"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("A folder that others can write to is refused")
    func writable() throws {
        let folder = try TestFolder()
        let open = try folder.make("open")
        #expect(chmod(open, 0o777) == 0)
        let error = #expect(throws: CollectorError.self) { try SafeFolder.prepare(open) }
        #expect(error?.code == .unsafePlace)
        #expect(error?.description.contains("others can write to it") == true)
    }

    @Test(
        "Another user's folder, and another user's link to a folder of one's own, are refused",
        .enabled(if: geteuid() == 0, "only root can make a file another user's"))
    func foreign() throws {
        let folder = try TestFolder()
        let theirs = try folder.make("theirs")
        #expect(chown(theirs, 1, 1) == 0)
        #expect(throws: CollectorError.self) { try SafeFolder.prepare(theirs) }
        let target = try folder.make("target")
        #expect(symlink(target, folder / "link") == 0)
        try SafeFolder.prepare(folder / "link")
        #expect(lchown(folder / "link", 1, 1) == 0)
        let error = #expect(throws: CollectorError.self) { try SafeFolder.prepare(folder / "link") }
        #expect(error?.code == .unsafePlace)
    }
}
