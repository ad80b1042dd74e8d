// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A database on a disk that is full, and in a folder that can't be written to: one clear line, nothing that was
/// stored is lost, and what could not be is taken in later.
@Suite("Unwritable databases", .serialized)
struct UnwritableTests {
    private static let isRoot = geteuid() == 0
    private static let other: uid_t = 4711

    /// Whether a file system can be mounted here: root in a container often can't.
    private static let canMount: Bool = {
        guard isRoot, let disk = try? Disk() else { return false }
        return disk.isMounted
    }()

    /// A file system of 1 MiB in a folder of its own.
    private final class Disk {
        let path: String
        let isMounted: Bool

        init() throws {
            let template = strdup(
                "\(FileManager.default.temporaryDirectory.path)/dltrace-disk-XXXXXX")
            defer { free(template) }
            guard let template, mkdtemp(template) != nil else {
                throw TestFailure("cannot make a folder")
            }
            path = String(cString: template)
            isMounted = mount("none", path, "tmpfs", 0, "size=1m,mode=0700") == 0
        }

        deinit {
            if isMounted { umount2(path, Int32(MNT_DETACH)) }
            rmdir(path)
        }

        /// Leaves no room.
        func fill() {
            let file = open("\(path)/filler", O_WRONLY | O_CREAT, 0o600)
            defer { close(file) }
            let page = [UInt8](repeating: 1, count: 4096)
            while write(file, page, page.count) > 0 {}
        }

        func empty() { unlink("\(path)/filler") }
    }

    /// What is recorded in the database, and whether all of it is whole.
    private func stored(
        _ workspace: Workspace, _ database: [String: String]
    ) throws -> (processes: Int, whole: Int) {
        let rows = try Command(
            executable: Products.require(Products.dltrace),
            arguments: [
                "query", "--format", "csv",
                "SELECT COUNT(*), SUM(is_complete AND lost_records = 0) FROM process_summary",
            ], environment: workspace.environment.merging(database) { $1 }
        ).run(in: workspace)
        let counts = rows.output.split(separator: "\r\n").last?.split(separator: ",") ?? []
        guard counts.count == 2, let all = Int(counts[0]), let whole = Int(counts[1]) else {
            throw TestFailure("\(rows)")
        }
        return (all, whole)
    }

    private func lines(_ outcome: Outcome) -> [Substring] {
        outcome.errors.split(separator: "\n")
    }

    private static let commands = [
        ["run", "--", "/bin/true"], ["daemon"], ["prune", "--process", "all"],
        ["prune", "--max-size", "100K"],
    ]

    @Test(
        "on a full disk", .enabled(if: canMount, "needs root who may mount a tmpfs"),
        .timeLimit(.minutes(15)))
    func full() throws {
        let workspace = try Workspace()
        let disk = try Disk()
        let database = "\(disk.path)/trace.db"
        let place = ["DLTRACE_DB": database]
        let victim = try Victim.named("engine-close").path()
        func dltrace(_ arguments: [String]) throws -> Outcome {
            try Command(
                executable: Products.require(Products.dltrace), arguments: arguments,
                environment: workspace.environment.merging(place) { $1 }
            ).run(in: workspace)
        }
        #expect(try dltrace(["run", "-q", "--", victim]).ending == .exited(0))
        disk.fill()
        _ = try workspace.preload(victim)
        let whole = FileManager.default.contents(atPath: database)
        for arguments in Self.commands {
            let outcome = try dltrace(arguments)
            #expect(outcome.ending == .exited(73), "\(outcome)")
            #expect(lines(outcome).count == 2, "\(outcome)")
            #expect(
                outcome.errors.hasPrefix(
                    "dltrace: \(database): no space is left for the database\n"),
                "\(outcome)")
        }
        // What is there can be asked for all the same.
        let report = try dltrace(["report"])
        #expect(report.ending == .exited(0), "\(report)")
        #expect(lines(report).count == 1, "\(report)")
        #expect(report.errors.hasPrefix("dltrace: records stay in the spill folder: "), "\(report)")
        #expect(report.output.contains("dlclose-in-destructor"), "\(report)")
        #expect(FileManager.default.contents(atPath: database) == whole)
        disk.empty()
        #expect(try stored(workspace, place) == (2, 2))
    }

    @Test(
        "on a disk that fills up while programs run",
        .enabled(if: canMount, "needs root who may mount a tmpfs"), .timeLimit(.minutes(15)))
    func fills() throws {
        let workspace = try Workspace()
        let disk = try Disk()
        let place = ["DLTRACE_DB": "\(disk.path)/trace.db"]
        let environment = workspace.environment.merging(place) { $1 }
        let victim = try Victim.named("engine-close").path()
        let running = try Command(
            executable: Products.require(Products.dltrace), arguments: ["daemon"],
            environment: environment
        ).start(in: workspace)
        func said() -> String {
            (try? String(contentsOfFile: running.stderr, encoding: .utf8)) ?? ""
        }
        #expect(poll(.seconds(60)) { said().contains("collecting at") })
        disk.fill()
        _ = try workspace.preload(victim)
        #expect(poll(.seconds(60)) { said().contains("cannot write to the database for now") })
        disk.empty()
        #expect(poll(.seconds(60)) { said().contains("writing to the database again") })
        running.signal(SIGTERM)
        let ended = try running.wait(.seconds(60))
        #expect(ended.ending == .exited(0), "\(ended)")
        #expect(said().components(separatedBy: "cannot write").count == 2, "\(ended)")
        #expect(try stored(workspace, place) == (1, 1))
        // A program that fills it itself keeps its exit status.
        let script = "cat /dev/zero > \(disk.path)/filler 2>/dev/null; \(victim); exit 5"
        let outcome = try Command(
            executable: Products.require(Products.dltrace),
            arguments: ["run", "--", "/bin/sh", "-c", script], environment: environment
        ).run(in: workspace)
        #expect(outcome.ending == .exited(5), "\(outcome)")
        #expect(outcome.errors.contains("no space is left for the database\n"), "\(outcome)")
        disk.empty()
        #expect(try stored(workspace, place) == (4, 4))
    }

    @Test(
        "in a folder that is read-only, and as a file that is",
        .enabled(if: isRoot, "needs root, to become a user whom permissions stop"),
        .enabled(if: access("/usr/bin/setpriv", X_OK) == 0, "needs setpriv"),
        .timeLimit(.minutes(15)))
    func readOnly() throws {
        let workspace = try Workspace()
        let folder = "\(workspace.path)/place"
        let library = "\(workspace.path)/libdltrace.so"
        let command = "\(workspace.path)/dltrace"
        try FileManager.default.copyItem(
            atPath: Products.require(Products.library), toPath: library)
        try FileManager.default.copyItem(
            atPath: Products.require(Products.dltrace), toPath: command)
        #expect(chmod(workspace.path, 0o755) == 0 && chmod(library, 0o755) == 0)
        #expect(mkdir(folder, 0o755) == 0)
        for path in [folder] + ["home", "state", "runtime"].map({ "\(workspace.path)/\($0)" }) {
            #expect(chown(path, Self.other, Self.other) == 0)
        }
        let database = "\(folder)/trace.db"
        let places = ["DLTRACE_DB": database, "DLTRACE_LIBRARY": library]
        func asOther(_ arguments: [String], preloading preload: Bool = false) throws -> Outcome {
            let variables = preload ? ["LD_PRELOAD": library] : places
            return try Command(
                executable: "/usr/bin/setpriv",
                arguments: ["--reuid=\(Self.other)", "--regid=\(Self.other)", "--clear-groups"]
                    + arguments,
                environment: workspace.plainEnvironment.merging(variables) { $1 }
            ).run(in: workspace)
        }
        let first = try asOther([command, "run", "-q", "--", "/bin/true"])
        #expect(first.ending == .exited(0), "\(first)")
        for (path, mode) in [(folder, mode_t(0o555)), (database, 0o444)] {
            #expect(chmod(path, mode) == 0)
            _ = try asOther(["/bin/true"], preloading: true)
            for arguments in Self.commands {
                let outcome = try asOther([command] + arguments)
                #expect(outcome.ending == .exited(77), "\(outcome)")
                #expect(lines(outcome).count == 2, "\(outcome)")
                #expect(
                    outcome.errors.hasPrefix("dltrace: \(database): it can't be written: "),
                    "\(outcome)")
            }
            let report = try asOther([command, "report"])
            #expect(report.ending == .exited(0), "\(report)")
            #expect(
                report.errors.hasPrefix("dltrace: records stay in the spill folder: "), "\(report)")
            #expect(report.output.contains("/true"), "\(report)")
            #expect(chmod(path, path == folder ? 0o755 : 0o600) == 0)
            let later = try asOther([command, "processes", "--format", "json"])
            let count = later.output.components(separatedBy: "\"complete\" : true").count - 1
            #expect(count == (path == folder ? 2 : 3), "\(later)")
        }
    }
}
