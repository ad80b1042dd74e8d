// SPDX-License-Identifier: Apache-2.0

import Foundation

/// An apache2 of a test's own: its configuration, a free port of the loopback, its whole life.
struct WebServer {
    static let executable = "/usr/sbin/apache2"
    static let modules = "/usr/lib/apache2/modules"

    private let workspace: Workspace
    private let port: UInt16

    init(_ workspace: Workspace) throws {
        self.workspace = workspace
        port = try Self.freePort()
        let loaded = [
            "mpm_prefork", "authz_core", "dir", "alias", "mime", "deflate", "status", "ssl",
        ]
        let configuration = """
            ServerRoot \(workspace.path)
            ServerName localhost
            PidFile \(workspace.path)/apache.pid
            ErrorLog \(workspace.path)/error.log
            Listen 127.0.0.1:\(port)
            \(getuid() == 0 ? "User www-data\nGroup www-data" : "")
            \(loaded.map { "LoadModule \($0)_module \(Self.modules)/mod_\($0).so" }
                .joined(separator: "\n"))
            TypesConfig \(workspace.path)/mime.types
            DocumentRoot \(workspace.path)
            StartServers 1
            MaxRequestWorkers 1

            """
        try "text/plain txt\n".write(
            toFile: "\(workspace.path)/mime.types", atomically: true, encoding: .utf8)
        try configuration.write(
            toFile: "\(workspace.path)/httpd.conf", atomically: true, encoding: .utf8)
    }

    var arguments: [String] { ["-f", "\(workspace.path)/httpd.conf", "-DFOREGROUND"] }

    var log: String {
        (try? String(contentsOfFile: "\(workspace.path)/error.log", encoding: .utf8)) ?? "no log"
    }

    /// Starts the command, waits for service, asks for a page, reloads gracefully, asks again, stops.
    func cycle(_ command: Command) throws -> Outcome {
        let running = try command.start(in: workspace)
        try waitForService(1)
        let first = try waitForWorker(after: nil)
        try ask()
        try signalServer(SIGUSR1)
        try waitForService(2)
        _ = try waitForWorker(after: first)
        try ask()
        try signalServer(SIGTERM)
        return try running.wait(.seconds(60))
    }

    private func waitForService(_ times: Int) throws {
        let isServing = poll(.seconds(30)) {
            log.components(separatedBy: "resuming normal operations").count > times
        }
        guard isServing else { throw TestFailure("apache2 does not serve: \(log)") }
    }

    /// Waits until there is one worker, another one than before, and it is through with its start: as
    /// root, that is when it runs as another user. Only then each run loads the same.
    private func waitForWorker(after former: pid_t?) throws -> pid_t {
        let server = try pid()
        var worker: pid_t = 0
        let isThere = poll(.seconds(30)) {
            let children = text("/proc/\(server)/task/\(server)/children").split(separator: " ")
            guard children.count == 1, let child = children.first.flatMap({ pid_t($0) }),
                child != former
            else { return false }
            worker = child
            let users = text("/proc/\(child)/status").split(separator: "\n")
                .first { $0.hasPrefix("Uid:") }
            return getuid() != 0 || users?.contains("\t0") == false
        }
        guard isThere else { throw TestFailure("apache2 has no new worker: \(log)") }
        return worker
    }

    private func signalServer(_ signal: Int32) throws {
        guard kill(try pid(), signal) == 0 else { throw TestFailure("cannot signal apache2") }
    }

    private func pid() throws -> pid_t {
        guard let pid = pid_t(normalized(text("\(workspace.path)/apache.pid"))) else {
            throw TestFailure("apache2 wrote no pid: \(log)")
        }
        return pid
    }

    private func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }

    /// One request over HTTP/1.0; any answer of the server's will do.
    private func ask() throws {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        var address = Self.loopback(port)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        var answer = [UInt8](repeating: 0, count: 5)
        let request = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        guard isConnected, write(client, request, request.count) == request.count,
            recv(client, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count,
            answer == Array("HTTP/".utf8)
        else { throw TestFailure("apache2 does not answer: \(log)") }
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        return address
    }

    private static func freePort() throws -> UInt16 {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var address = loopback(0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(probe, $0, size) == 0 && getsockname(probe, $0, &size) == 0
            }
        }
        guard isBound else { throw TestFailure("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
