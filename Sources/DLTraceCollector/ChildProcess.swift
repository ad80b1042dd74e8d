// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The program that `dltrace run` started.
///
/// posix_spawn(3) and waitpid(2) themselves, since swift-subprocess (1.0) resets every signal to its default
/// and the mask to empty in the child, while a program under nohup must find SIGHUP ignored; and it
/// tells neither of a stopped child nor of a dumped core.
struct ChildProcess: Sendable {
    /// What became of the child.
    enum Change: Sendable, Equatable {
        case ended(ProgramEnd)
        case stopped(signal: Int32)
    }

    /// The process.
    let pid: pid_t

    /// Starts a program in this process's group, folder and terminal.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - arguments: as the program gets them, its name first, each with its terminating zero.
    ///   - environment: as it gets it.
    ///   - mask: the signals that are blocked in it.
    ///   - isIgnoringChildren: whether SIGCHLD is ignored in it.
    /// - Throws: `CollectorError` where the kernel does not execute it.
    init(
        path: RawText, arguments: [[CChar]], environment: EnvironmentBlock, mask: sigset_t,
        isIgnoringChildren: Bool = false
    ) throws {
        if isIgnoringChildren { Self.onChildren(SIG_IGN) }
        defer { Self.onChildren(SIG_DFL) }
        var started = Self.spawn(path, arguments, environment, mask)
        if started.error == ENOEXEC {
            // Neither ELF nor `#!`: a shell script, by execvp(3)'s rule.
            let script = [Array("/bin/sh".utf8CString), path.cString]
            started = Self.spawn("/bin/sh", script + arguments.dropFirst(), environment, mask)
        }
        guard started.error == 0 else {
            throw CollectorError(
                started.error == ENOENT ? .programNotFound : .programNotExecutable,
                "cannot run '\(path)'", errno: started.error)
        }
        pid = started.pid
    }

    /// What happened to it since the last call; nil where nothing did.
    func change() throws(CollectorError) -> Change? {
        var status: Int32 = 0
        while true {
            let result = waitpid(pid, &status, WNOHANG | WUNTRACED)
            if result == pid { break }
            if result == 0 { return nil }
            if errno == EINTR { continue }
            throw CollectorError(.system, "cannot tell how process \(pid) ended", errno: errno)
        }
        return ProgramEnd(waitStatus: status).map(Change.ended)
            ?? .stopped(signal: status >> 8 & 0xff)
    }

    /// Sends it a signal.
    func send(_ signal: Int32) {
        kill(pid, signal)
    }

    /// Whether this process was started with SIGCHLD ignored. So must be the child; but then the kernel would
    /// reap the child without a word, so dltrace itself may not go on like that.
    static var isIgnoringChildren: Bool {
        var action = sigaction()
        sigaction(SIGCHLD, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static func onChildren(_ handler: __sighandler_t?) {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handler
        sigaction(SIGCHLD, &action, nil)
    }

    private static func spawn(
        _ path: RawText, _ arguments: [[CChar]], _ environment: EnvironmentBlock, _ mask: sigset_t
    ) -> (pid: pid_t, error: Int32) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = mask
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid = pid_t()
        let argv = CStringArray(arguments)
        let envp = CStringArray(environment.entries)
        let error = posix_spawn(
            &pid, path.cString, nil, &attributes, argv.pointers, envp.pointers)
        return (pid, error)
    }
}
