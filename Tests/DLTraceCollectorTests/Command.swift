// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceCollector

/// The built command in an environment of its own, with a library for LD_PRELOAD that does nothing.
final class Command {
    let folder: TestFolder
    private let environment: [String: String]

    init() throws {
        folder = try TestFolder()
        try folder.make("state")
        try folder.make("run")
        let library = folder / "libdltrace.so"
        let compiler = try Child(["cc", "-shared", "-o", library, "-x", "c", "/dev/null"])
        try #require(compiler.wait() == .exited(0), "a C compiler is needed")
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
        let name = UUID().uuidString
        let standardInput = try folder.write("\(name).in", Array(input.utf8))
        let output = folder / "\(name).out"
        let errors = folder / "\(name).err"
        let script = "cd \(folder.path); exec \"$@\" <\(standardInput) >\(output) 2>\(errors)"
        let child = try Child(
            ["sh", "-c", script, "sh", try program ?? Self.executable.path] + arguments,
            environment: EnvironmentBlock(
                environment.merging(variables) { $1 }.map { "\($0)=\($1)" }))
        return Running(folder: folder, child: child, output: output, errors: errors)
    }

    /// Runs `dltrace` to its end.
    func run(
        _ arguments: [String], adding variables: [String: String] = [:], input: String = ""
    ) throws -> Running {
        let running = try start(arguments, adding: variables, input: input)
        try running.child.wait()
        return running
    }

    /// Runs a shell script to its end, whose `$0` is `dltrace`.
    func runShell(_ script: String) throws -> Running {
        let running = try start(["-c", script, try Self.executable.path], program: "/bin/sh")
        try running.child.wait()
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
        let child: Child
        fileprivate let output: String
        fileprivate let errors: String

        /// What it wrote so far.
        var stdout: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
        /// What it wrote so far.
        var stderr: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }
        /// Its exit status; nil where it did not exit.
        var status: Int32? {
            guard case .exited(let status) = try? child.wait() else { return nil }
            return status
        }
        /// The signal that killed it; nil where none did.
        var signal: Int32? {
            guard case .killed(let signal, _) = try? child.wait() else { return nil }
            return signal
        }
    }
}
