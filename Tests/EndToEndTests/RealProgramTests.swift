// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Programs of Debian's that nobody here wrote, against glibc's account of an untraced run.
@Suite("Real programs", .serialized)
struct RealProgramTests {
    @Test(
        "python3 with ssl, sqlite3, decimal and curses", .timeLimit(.minutes(15)),
        .enabled(if: isThere("/usr/bin/python3"), "python3 is not installed"))
    func python() throws {
        let script = "import ssl, sqlite3, decimal, curses; print('ok')"
        try compare("/usr/bin/python3", ["-c", script])
    }

    @Test(
        "gst-inspect-1.0 with its plugin scanner", .timeLimit(.minutes(15)),
        .enabled(if: isThere("/usr/bin/gst-inspect-1.0"), "gstreamer1.0-tools is not installed"))
    func gstInspect() throws {
        try compare("/usr/bin/gst-inspect-1.0", [])
    }

    @Test(
        "openssl with the legacy provider", .timeLimit(.minutes(15)),
        .enabled(if: isThere("/usr/bin/openssl"), "openssl is not installed"))
    func openssl() throws {
        try compare(
            "/usr/bin/openssl",
            ["list", "-providers", "-provider", "legacy", "-provider", "default"])
    }

    @Test(
        "apache2 started, gracefully reloaded and stopped", .timeLimit(.minutes(15)),
        .enabled(
            if: isThere(WebServer.executable) && isThere(WebServer.modules),
            "apache2 is not installed"))
    func apache() throws {
        let untraced = try Workspace()
        var environment = untraced.plainEnvironment
        environment["LD_DEBUG"] = "files"
        environment["LD_DEBUG_OUTPUT"] = "\(untraced.path)/account"
        let server = try WebServer(untraced)
        let plain = try server.cycle(
            Command(
                executable: WebServer.executable, arguments: server.arguments,
                environment: environment))
        #expect(plain.ending == .exited(0), "\(plain)\n\(server.log)")
        let expected = try accounts(in: untraced)
        #expect(expected.count > 2)

        let workspace = try Workspace()
        let tracedServer = try WebServer(workspace)
        let traced = try tracedServer.cycle(
            Command(
                executable: Products.require(Products.dltrace),
                arguments: ["run", "--", WebServer.executable] + tracedServer.arguments,
                environment: workspace.environment))
        #expect(traced.ending == .exited(0), "\(traced)\n\(tracedServer.log)")
        #expect(traced.stdout == plain.stdout)
        try expectSame(workspace, expected, traced)
    }

    // MARK: - Comparing

    /// Output, errors, ending and, process by process, loads, inits, finis and unloads.
    private func compare(_ program: String, _ arguments: [String]) throws {
        // A home each: some programs leave caches there and do less the next time.
        let plain = try Workspace().plain(program, arguments)

        let untraced = try Workspace()
        var command = Command(executable: program, arguments: arguments)
        command.environment = untraced.plainEnvironment
        command.environment["LD_DEBUG"] = "files"
        command.environment["LD_DEBUG_OUTPUT"] = "\(untraced.path)/account"
        #expect(try command.run(in: untraced).ending == plain.ending, "\(plain)")
        let expected = try accounts(in: untraced)
        #expect(expected.contains { !$0.loads.isEmpty })

        let workspace = try Workspace()
        let traced = try workspace.trace(program, arguments)
        #expect(traced.stdout == plain.stdout, "\(plain)\n\(traced)")
        #expect(traced.errors.hasPrefix(plain.errors), "\(plain)\n\(traced)")
        #expect(traced.ending == plain.ending, "\(plain)\n\(traced)")
        try expectSame(workspace, expected, traced)

        let report = try workspace.report()
        #expect(report.processes.allSatisfy { $0.complete && $0.lostRecords == 0 })
    }

    /// glibc's account, one a process in the order of their ids.
    private func accounts(in workspace: Workspace) throws -> [GlibcAccount] {
        let files = try FileManager.default.contentsOfDirectory(atPath: workspace.path)
        var text = ""
        for file in files.filter({ $0.hasPrefix("account.") }).sorted() {
            text += try String(contentsOfFile: "\(workspace.path)/\(file)", encoding: .utf8)
        }
        return GlibcAccount.read(text).sorted { $0.pid < $1.pid }.map(\.account)
    }

    private func expectSame(
        _ workspace: Workspace, _ expected: [GlibcAccount], _ traced: Outcome
    ) throws {
        let events = try workspace.events()
        let programs = Set(try workspace.report().processes.map(\.executable))
        let pids = Set(events.map(\.pid)).sorted()
        #expect(pids.count == expected.count, "\(traced)")
        for (pid, theirs) in zip(pids, expected) {
            let own = events.filter { $0.pid == pid }
            let ours = GlibcAccount(events: own, programs: programs).sorted
            #expect(ours == theirs.sorted, "process \(pid)")
        }
    }
}

func isThere(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
}
