// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The built command in an environment of its own, with a library for LD_PRELOAD that does nothing.
final class Command {
    let folder: TestFolder
    private let environment: [String: String]

    init() throws {
        folder = try TestFolder()
        try folder.make("state")
        try folder.make("run")
        let library = folder / "libdltrace.so"
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["cc", "-shared", "-o", library, "-x", "c", "/dev/null"]
        try compiler.runUnblocked()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0, "a C compiler is needed")
        environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "XDG_STATE_HOME": folder / "state",
            "XDG_RUNTIME_DIR": folder / "run", "DLTRACE_LIBRARY": library, "NO_COLOR": "1",
        ]
    }

    /// Starts `dltrace` with stdout and stderr going to files.
    func start(
        _ arguments: [String], adding variables: [String: String] = [:], input: String = "",
        program: String? = nil
    ) throws -> Running {
        let process = Process()
        // The threads of the tests ignore SIGPIPE, and a child inherits that.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["--default-signal", try program ?? Self.executable.path] + arguments
        process.environment = environment.merging(variables) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let name = UUID().uuidString
        let standardInput = try folder.write("\(name).in", Array(input.utf8))
        let output = try folder.write("\(name).out")
        let errors = try folder.write("\(name).err")
        process.standardInput = FileHandle(forReadingAtPath: standardInput)
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.runUnblocked()
        return Running(folder: folder, process: process, output: output, errors: errors)
    }

    /// Runs `dltrace` to its end.
    func run(
        _ arguments: [String], adding variables: [String: String] = [:], input: String = ""
    ) throws -> Running {
        let running = try start(arguments, adding: variables, input: input)
        running.process.waitUntilExit()
        return running
    }

    /// Runs a shell script to its end, whose `$0` is `dltrace`.
    func runShell(_ script: String) throws -> Running {
        let running = try start(
            ["-c", script, try Self.executable.path], program: "/bin/sh")
        running.process.waitUntilExit()
        return running
    }

    /// It lies beside the tests.
    private static var executable: URL {
        get throws {
            let folder = Bundle.main.bundleURL
            let beside = [folder, folder.deletingLastPathComponent()]
                .map { $0.appendingPathComponent("dltrace") }
            return try #require(
                beside.first { FileManager.default.isExecutableFile(atPath: $0.path) },
                "dltrace is not built")
        }
    }

    /// A command that was started.
    struct Running {
        /// Kept for as long as the command may need it.
        fileprivate let folder: TestFolder
        let process: Process
        fileprivate let output: String
        fileprivate let errors: String

        /// What it wrote so far.
        var stdout: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
        /// What it wrote so far.
        var stderr: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }
        /// Its exit status; nil where a signal killed it.
        var status: Int32? {
            process.terminationReason == .exit ? process.terminationStatus : nil
        }
        /// The signal that killed it.
        var signal: Int32? {
            process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil
        }
    }
}

extension Process {
    /// Starts it with no signal blocked. The threads that tests run on have most of them blocked, and a
    /// child inherits that.
    func runUnblocked() throws {
        var none = sigset_t()
        sigemptyset(&none)
        var before = sigset_t()
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}
