// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program to run with its output in files and a deadline.
struct Command: Sendable {
    var executable: String
    var arguments: [String] = []
    /// All of its environment.
    var environment: [String: String] = [:]
    var deadline: Duration = .seconds(60)

    /// Many a program here crashes; none shall leave its core in the checkout.
    private static let forbidCores: Void = {
        let cores = __rlimit_resource_t(RLIMIT_CORE.rawValue)
        var limit = rlimit()
        getrlimit(cores, &limit)
        limit.rlim_cur = 0
        setrlimit(cores, &limit)
    }()

    /// Runs it to its end.
    func run(in workspace: Workspace) throws -> Outcome {
        try start(in: workspace).wait(deadline)
    }

    /// Starts it in a process group of its own, with default signals and nothing on stdin.
    func start(in workspace: Workspace) throws -> RunningCommand {
        Self.forbidCores
        let number = workspace.nextNumber()
        let stdout = "\(workspace.path)/\(number).stdout"
        let stderr = "\(workspace.path)/\(number).stderr"

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let create = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, stdout, create, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, stderr, create, 0o600)
        // Foundation opens files, in other tests' threads, that programs would inherit.
        for number: Int32 in 3..<256 { posix_spawn_file_actions_addclose(&actions, number) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var pid: pid_t = 0
        let error = posix_spawn(&pid, executable, &actions, &attributes, words, settings)
        guard error == 0 else {
            throw TestFailure("cannot start \(executable): \(String(cString: strerror(error)))")
        }
        return RunningCommand(command: self, pid: pid, stdout: stdout, stderr: stderr)
    }
}
