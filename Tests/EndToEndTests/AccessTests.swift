// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Who may read what was recorded, and what others can plant.
@Suite("Access", .serialized)
struct AccessTests {
    private static let isRoot = geteuid() == 0
    private static let other: uid_t = 4711

    private func names(in folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("folders are 0700, files 0600, whatever the umask", .timeLimit(.minutes(15)))
    func modes() throws {
        let workspace = try Workspace()
        let old = umask(0)
        defer { umask(old) }
        let program = try Victim.named("engine-close").path()
        _ = try workspace.preload(program)
        let spill = workspace.spillFolder
        #expect(mode(spill) == 0o700)
        #expect(names(in: spill).map { mode("\(spill)/\($0)") } == [0o600])
        _ = try workspace.trace(program)
        let state = "\(workspace.path)/state/dltrace"
        #expect(mode(state) == 0o700)
        #expect(mode("\(state)/dltrace.db") == 0o600)
        #expect(mode("\(workspace.path)/runtime/dltrace") == 0o700)
    }

    @Test("a program writes into no folder that others can write to", .timeLimit(.minutes(15)))
    func openFolder() throws {
        let workspace = try Workspace()
        let victim = try Victim.named("engine-close")
        for bits: mode_t in [0o777, 0o770, 0o1777] {
            let folder = "\(workspace.path)/shared-\(bits)"
            #expect(mkdir(folder, 0o700) == 0 && chmod(folder, bits) == 0)
            let command = Command(
                executable: try victim.path(),
                environment: workspace.preloadedEnvironment.merging(["DLTRACE_SPILL": folder]) {
                    $1
                })
            let outcome = try command.run(in: workspace)
            #expect(outcome.words == victim.expected, "\(outcome)")
            #expect(names(in: folder) == [])
        }
    }

    @Test(
        "nor into another user's, nor into another user's FIFO; the daemon refuses both",
        .enabled(if: isRoot, "needs root, to make what is another user's"), .timeLimit(.minutes(15))
    )
    func othersFolder() throws {
        let workspace = try Workspace()
        let victim = try Victim.named("engine-close")
        let folder = "\(workspace.path)/theirs"
        let pipe = "\(workspace.path)/pipe"
        #expect(mkdir(folder, 0o700) == 0 && chown(folder, Self.other, Self.other) == 0)
        #expect(mkfifo(pipe, 0o622) == 0 && chown(pipe, Self.other, Self.other) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let places = ["DLTRACE_SPILL": folder, "DLTRACE_PIPE": pipe]
        let outcome = try Command(
            executable: try victim.path(),
            environment: workspace.preloadedEnvironment.merging(places) { $1 }
        ).run(in: workspace)
        #expect(outcome.words == victim.expected, "\(outcome)")
        #expect(names(in: folder) == [])
        var byte: UInt8 = 0
        #expect(read(reader, &byte, 1) == 0)
        for place in places {
            let daemon = try Command(
                executable: Products.require(Products.dltrace), arguments: ["daemon"],
                environment: workspace.environment.merging([place.key: place.value]) { $1 }
            ).run(in: workspace)
            #expect(daemon.ending == .exited(77), "\(daemon)")
            #expect(daemon.errors.contains("user \(Self.other)"), "\(daemon)")
        }
    }

    @Test(
        "the daemon refuses what is no FIFO, a link, and a FIFO with another name",
        arguments: ["file", "link", "socket", "hard link"])
    func plantedPipe(kind: String) throws {
        let workspace = try Workspace()
        let pipe = "\(workspace.path)/pipe"
        switch kind {
        case "file":
            #expect(FileManager.default.createFile(atPath: pipe, contents: nil))
        case "link":
            #expect(mkfifo("\(workspace.path)/other", 0o600) == 0)
            #expect(symlink("\(workspace.path)/other", pipe) == 0)
        case "socket":
            #expect(mknod(pipe, S_IFSOCK | 0o600, 0) == 0)
        default:
            #expect(mkfifo("\(workspace.path)/other", 0o600) == 0)
            #expect(link("\(workspace.path)/other", pipe) == 0)
        }
        let daemon = try workspace.dltrace(["daemon", "--pipe", pipe])
        #expect(daemon.ending == .exited(77), "\(daemon)")
        #expect(daemon.errors.split(separator: "\n").count == 2, "\(daemon)")
    }

    @Test(
        "a link that another user planted in place of the database is not followed",
        .enabled(if: isRoot, "needs root, to make what is another user's"), .timeLimit(.minutes(15))
    )
    func plantedLink() throws {
        let workspace = try Workspace()
        let target = "\(workspace.path)/empty"
        let database = "\(workspace.path)/trace.db"
        #expect(FileManager.default.createFile(atPath: target, contents: nil))
        #expect(symlink(target, database) == 0)
        #expect(lchown(database, Self.other, Self.other) == 0)
        let outcome = try workspace.dltrace(["run", "--database", database, "--", "/bin/true"])
        #expect(outcome.ending == .exited(77), "\(outcome)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: target)).isEmpty)
    }

    @Test("a folder that anybody can replace is refused", .timeLimit(.minutes(15)))
    func replaceable() throws {
        let workspace = try Workspace()
        let open = "\(workspace.path)/open"
        #expect(mkdir(open, 0o700) == 0 && chmod(open, 0o777) == 0)
        let outcome = try Command(
            executable: Products.require(Products.dltrace), arguments: ["run", "--", "/bin/true"],
            environment: workspace.environment.merging(["XDG_STATE_HOME": open]) { $1 }
        ).run(in: workspace)
        #expect(outcome.ending == .exited(77), "\(outcome)")
        #expect(outcome.errors.contains("in \(open)"), "\(outcome)")
    }

    @Test("arguments are not recorded where that is asked for", .timeLimit(.minutes(15)))
    func noArguments() throws {
        let workspace = try Workspace()
        let secret = "hunter2-\(getpid())"
        let outcome = try workspace.dltrace([
            "run", "--no-arguments", "--", "/bin/sh", "-c", "/bin/true \(secret); :",
        ])
        #expect(outcome.ending == .exited(0), "\(outcome)")
        let processes = try workspace.dltrace(["processes", "--format", "json"])
        #expect(processes.output.contains("/true"), "\(processes)")
        #expect(!processes.output.contains(secret), "\(processes)")
        let file = "\(workspace.path)/state/dltrace/dltrace.db"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(bytes.range(of: Data(secret.utf8)) == nil)
    }

    @Test(
        "a program with more rights than who starts it is not traced, whatever the environment says",
        .enabled(if: isRoot, "needs root, to make a setuid program of another user"),
        .enabled(if: access("/usr/bin/cc", X_OK) == 0, "needs a C compiler"),
        .timeLimit(.minutes(15)))
    func setuid() throws {
        let workspace = try Workspace()
        let folder = "\(workspace.path)/spill"
        // Everybody on the way to it has to be able to reach it.
        #expect(chmod(workspace.path, 0o755) == 0)
        #expect(mkdir(folder, 0o700) == 0 && chown(folder, Self.other, Self.other) == 0)
        let source = "\(workspace.path)/program.c"
        try """
        #include <stdio.h>
        #include <sys/auxv.h>
        int main(void) { printf("secure:%lu\\n", getauxval(AT_SECURE)); return 0; }
        """.write(toFile: source, atomically: false, encoding: .utf8)
        let library = "\(workspace.path)/libdltrace.so"
        try FileManager.default.copyItem(
            atPath: Products.require(Products.library), toPath: library)
        let program = "\(workspace.path)/program"
        let built = try Command(
            executable: "/usr/bin/cc",
            arguments: [
                source, "-o", program, "-Wl,--no-as-needed", library,
                "-Wl,-rpath,\(workspace.path)",
            ], environment: workspace.plainEnvironment
        ).run(in: workspace)
        #expect(built.ending == .exited(0), "\(built)")
        let places = [
            "DLTRACE_SPILL": folder, "DLTRACE_PIPE": "/nonexistent", "DLTRACE_DEBUG": "1",
        ]
        let environment = workspace.plainEnvironment.merging(places) { $1 }
        // The same program, as the same user, once with its rights from the file.
        #expect(chown(program, Self.other, Self.other) == 0 && chmod(program, 0o6755) == 0)
        let secure = try Command(executable: program, environment: environment).run(in: workspace)
        #expect(secure.output == "secure:1\n", "\(secure)")
        #expect(secure.errors == "", "\(secure)")
        #expect(names(in: folder) == [])
        #expect(chmod(program, 0o755) == 0)
        let plain = try Command(
            executable: "/usr/bin/setpriv",
            arguments: [
                "--reuid=\(Self.other)", "--regid=\(Self.other)", "--clear-groups", program,
            ],
            environment: environment
        ).run(in: workspace)
        #expect(plain.output == "secure:0\n", "\(plain)")
        #expect(names(in: folder).count == 1, "\(plain)")
    }
}
