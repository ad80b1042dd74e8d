// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The database while it is written, and where it can't be.
@Suite("Store", .serialized)
struct StoreTests {
    /// A shell that starts a victim again and again, each of which loads and unloads.
    private func start(_ count: Int, in workspace: Workspace) throws -> RunningCommand {
        let victim = try Victim.named("open-often").path()
        return try Command(
            executable: "/bin/bash",
            arguments: [
                "-c", "for ((i = 0; i < $1; i++)); do LD_PRELOAD=$2 \"$3\" >/dev/null; done",
                "bash",
                "\(count)", Products.require(Products.library), victim,
            ],
            environment: workspace.plainEnvironment
        ).start(in: workspace)
    }

    private func daemon(_ workspace: Workspace, _ arguments: [String] = []) throws -> RunningCommand
    {
        try Command(
            executable: Products.require(Products.dltrace), arguments: ["daemon"] + arguments,
            environment: workspace.environment
        ).start(in: workspace)
    }

    private func database(_ workspace: Workspace) -> String {
        "\(workspace.path)/state/dltrace/dltrace.db"
    }

    private func sqlite(_ sql: String, _ workspace: Workspace) throws -> String {
        try Command(
            executable: "/usr/bin/sqlite3", arguments: [database(workspace), sql],
            environment: workspace.plainEnvironment
        ).run(in: workspace).words
    }

    /// Every record of so many processes is there, once.
    private func complete(_ workspace: Workspace, processes: Int) throws {
        let rows = try workspace.dltrace([
            "query", "--format", "csv",
            """
            SELECT COUNT(*), SUM(is_complete OR pruned_seq > 0), SUM(lost_records), SUM(broken_inputs)
            FROM process_summary
            """,
        ])
        let counts = rows.output.split(separator: "\r\n").last.map(String.init) ?? ""
        #expect(counts == "\(processes),\(processes),0,0", "\(rows)")
        let checks = try sqlite("PRAGMA integrity_check; PRAGMA foreign_key_check", workspace)
        #expect(checks == "ok")
    }

    @Test(
        "a collector that is killed at any moment leaves a whole database, and the next goes on",
        .enabled(if: access("/usr/bin/sqlite3", X_OK) == 0, "needs the sqlite3 shell"),
        .timeLimit(.minutes(15)), arguments: [[], ["--max-size", "8M"]])
    func killed(arguments: [String]) throws {
        let workspace = try Workspace()
        let programs = try start(24, in: workspace)
        for round in 0..<12 {
            let running = try daemon(workspace, arguments)
            usleep(useconds_t(15_000 + round * 37_000))
            running.signal(SIGKILL)
            _ = try running.wait(.seconds(10))
            if FileManager.default.fileExists(atPath: database(workspace)) {
                let checks = try sqlite("PRAGMA quick_check; PRAGMA foreign_key_check", workspace)
                #expect(checks == "ok" || checks.isEmpty)
            }
        }
        let ended = try programs.wait(.seconds(60))
        #expect(ended.ending == .exited(0), "\(ended)")
        try complete(workspace, processes: 24)
    }

    @Test("two that read while the daemon writes are never refused", .timeLimit(.minutes(15)))
    func readers() throws {
        let workspace = try Workspace()
        let running = try daemon(workspace)
        let programs = try start(16, in: workspace)
        let questions = [
            ["report", "--process", "all", "--format", "json"], ["processes", "--format", "json"],
            ["query", "SELECT COUNT(*) FROM event"],
            ["export", "--process", "all", "--format", "ndjson"],
        ]
        #expect(
            poll(.seconds(20)) { FileManager.default.fileExists(atPath: database(workspace)) })
        var answered = 0
        var most = 0
        while programs.isRunning || answered < 4 {
            let pair = try (0..<2).map { number in
                try Command(
                    executable: Products.require(Products.dltrace),
                    arguments: questions[(answered + number) % questions.count],
                    environment: workspace.environment
                ).start(in: workspace)
            }
            for reader in pair {
                let outcome = try reader.wait(.seconds(120))
                // Nothing may be there yet.
                let isEarly = outcome.ending == .exited(72) && most == 0
                #expect(outcome.ending == .exited(0) || isEarly, "\(outcome)")
                #expect(!outcome.errors.contains("locked"), "\(outcome)")
                if outcome.ending == .exited(0) { most += 1 }
            }
            answered += 2
        }
        let last = try programs.wait(.seconds(60))
        #expect(last.ending == .exited(0), "\(last)")
        running.signal(SIGTERM)
        let ended = try running.wait(.seconds(60))
        #expect(ended.ending == .exited(0), "\(ended)")
        let whole = try workspace.report().processes.filter { $0.complete }
        #expect(whole.count == 16)
    }

    @Test("pruning while the daemon writes leaves what it writes", .timeLimit(.minutes(15)))
    func pruneWhileWritten() throws {
        let workspace = try Workspace()
        let running = try daemon(workspace)
        let programs = try start(12, in: workspace)
        #expect(
            poll(.seconds(20)) { FileManager.default.fileExists(atPath: database(workspace)) })
        var pruned = 0
        while programs.isRunning {
            let outcome = try workspace.dltrace(["prune", "--older-than", "0s", "--format", "json"])
            #expect(outcome.ending == .exited(0) || outcome.ending == .exited(72), "\(outcome)")
            pruned += outcome.output.components(separatedBy: "\"executable\"").count - 1
        }
        let last = try programs.wait(.seconds(60))
        #expect(last.ending == .exited(0), "\(last)")
        running.signal(SIGTERM)
        let ended = try running.wait(.seconds(60))
        #expect(ended.ending == .exited(0), "\(ended)")
        let left = try workspace.dltrace(["processes", "--format", "json"])
        func count(_ text: String) -> Int { left.output.components(separatedBy: text).count - 1 }
        #expect(pruned + count("\"id\"") == 12, "\(left)")
        #expect(count("\"complete\" : true") == count("\"id\""), "\(left)")
    }

    @Test(
        "a database that can't be written is one clear line, and nothing is lost",
        .timeLimit(.minutes(15)))
    func unwritable() throws {
        let workspace = try Workspace()
        _ = try workspace.preload(Victim.named("engine-close").path())
        let folder = "\(workspace.path)/place"
        #expect(mkdir(folder, 0o700) == 0 && mkdir("\(folder)/folder.db", 0o700) == 0)
        try "junk".write(toFile: "\(folder)/junk.db", atomically: false, encoding: .utf8)
        func ask(_ database: String, _ limit: String = "unlimited") throws -> Outcome {
            try Command(
                executable: "/bin/bash",
                arguments: [
                    "-c", "ulimit -f $1; exec \"$2\" report", "bash", limit,
                    Products.require(Products.dltrace),
                ],
                environment: workspace.environment.merging([
                    "DLTRACE_DB": database, "DLTRACE_SPILL": workspace.spillFolder,
                ]) { $1 }
            ).run(in: workspace)
        }
        for (name, status) in [("folder.db", Int32(76)), ("junk.db", 76), ("none/x.db", 72)] {
            let outcome = try ask("\(folder)/\(name)")
            #expect(outcome.ending == .exited(status), "\(outcome)")
            #expect(outcome.errors.contains("\(folder)/\(name)"), "\(outcome)")
        }
        // No room: 64 KiB for a file.
        let full = try ask("\(folder)/full.db", "64")
        #expect(full.ending != .exited(0) && full.ending != .signalled(SIGXFSZ), "\(full)")
        #expect(full.errors.contains("space"), "\(full)")
        let spilled = try FileManager.default.contentsOfDirectory(atPath: workspace.spillFolder)
        #expect(spilled.count == 1)
        let whole = try workspace.report().processes.map { $0.complete }
        #expect(whole == [true])
    }
}
