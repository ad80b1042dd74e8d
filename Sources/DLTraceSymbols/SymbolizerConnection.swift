// SPDX-License-Identifier: Apache-2.0

import CElfutils
import FoundationEssentials
import Glibc

/// A running process that reads symbols, and the socket that is its standard input and output.
final class SymbolizerConnection {
    /// An answer can be no longer: 4,096 addresses with long C++ names stay far below, and reading it takes
    /// several times as much memory.
    private static let longestAnswer = 32 << 20

    private let process: pid_t
    private let socket: CInt
    private var isEnded = false

    /// Starts a program.
    init(program: String, arguments: [String]) throws(SymbolError) {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw Self.unavailable(program, errno)
        }
        defer { close(ends[1]) }
        var child: pid_t = 0
        let code = Self.spawn(program, arguments, socket: ends[1], process: &child)
        guard code == 0 else {
            close(ends[0])
            throw Self.unavailable(program, code)
        }
        process = child
        socket = ends[0]
    }

    deinit { end() }

    /// Stops the process and waits for its end.
    ///
    /// - Returns: What it ended by: a signal's number; 0: an exit, or not known any more.
    @discardableResult
    func end() -> CInt {
        guard !isEnded else { return 0 }
        isEnded = true
        close(socket)
        kill(process, SIGKILL)
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return 0 }
        }
        return status & 0x7f
    }

    // MARK: - Lines

    /// Sends a value as a line.
    func send(
        _ value: some Encodable, by deadline: ContinuousClock.Instant, about path: String
    ) throws(SymbolError) {
        guard var line = try? JSONEncoder().encode(value) else {
            throw SymbolError(.readerCrashed, path: path)
        }
        line.append(UInt8(ascii: "\n"))
        var sent = 0
        while sent < line.count {
            try wait(for: POLLOUT, by: deadline, about: path)
            // No SIGPIPE when the process is gone.
            let flags = CInt(MSG_NOSIGNAL | MSG_DONTWAIT)
            let count = line.withUnsafeBytes { bytes in
                Glibc.send(socket, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, flags)
            }
            if count > 0 { sent += count }
            if count < 0, errno != EINTR, errno != EAGAIN {
                throw SymbolError(.readerCrashed, path: path)
            }
        }
    }

    /// Receives a line as a value.
    func receive<Value: Decodable>(
        _ type: Value.Type, by deadline: ContinuousClock.Instant, about path: String
    ) throws(SymbolError) -> Value {
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while line.last != UInt8(ascii: "\n") {
            try wait(for: POLLIN, by: deadline, about: path)
            let count = recv(socket, &chunk, chunk.count, CInt(MSG_DONTWAIT))
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0, line.count + count <= Self.longestAnswer else {
                throw SymbolError(.readerCrashed, path: path)
            }
            line += chunk.prefix(count)
        }
        guard let value = try? JSONDecoder().decode(type, from: Data(line)) else {
            throw SymbolError(.readerCrashed, path: path)
        }
        return value
    }

    private func wait(
        for event: CInt, by deadline: ContinuousClock.Instant, about path: String
    ) throws(SymbolError) {
        while true {
            let left = ContinuousClock.now.duration(to: deadline).components
            let milliseconds = left.seconds * 1_000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { throw SymbolError(.readerTooSlow, path: path) }
            var request = pollfd(fd: socket, events: Int16(event), revents: 0)
            if poll(&request, 1, CInt(clamping: milliseconds)) > 0 { return }
        }
    }

    // MARK: - Starting

    private static func unavailable(_ program: String, _ code: CInt) -> SymbolError {
        SymbolError(.readerUnavailable, path: program, detail: String(cString: strerror(code)))
    }

    /// Starts the program in a process group of its own, so that a Ctrl-C meant for dltrace does
    /// not look like a crash; with default signals, no other descriptors, and a quiet stderr.
    private static func spawn(
        _ program: String, _ arguments: [String], socket: CInt, process: inout pid_t
    ) -> CInt {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)

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
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var argumentPointers = arguments.map { strdup($0) } + [nil]
        let inherited = ProcessInfo.processInfo.environment
        var environmentPointers = environment(from: inherited).map { strdup($0) } + [nil]
        defer {
            for pointer in argumentPointers + environmentPointers { free(pointer) }
        }
        return posix_spawn(
            &process, program, &actions, &attributes, &argumentPointers, &environmentPointers)
    }

    /// An environment without what would put a tracer or the network into the process, and
    /// without the Swift runtime's own account of crashes: here they are expected.
    static func environment(from inherited: [String: String]) -> [String] {
        let unwanted = ["LD_PRELOAD", "LD_AUDIT", "LD_DEBUG", "DEBUGINFOD_", "DLTRACE_", "SWIFT_"]
        let wanted = inherited.filter { name, _ in !unwanted.contains(where: name.hasPrefix) }
        return wanted.map { "\($0.key)=\($0.value)" } + ["SWIFT_BACKTRACE=enable=no"]
    }
}
