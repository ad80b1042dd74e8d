// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The golden bytes of Tests/Fixtures/wire, and the program that makes them.
enum GoldenFiles {
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let wire = repository.appending(path: "Tests/Fixtures/wire")
    static let folder = wire.appending(path: "v1")

    /// Names of the files of golden bytes, without `.bin`.
    static func names(in folder: URL = folder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".bin") }
            .map { String($0.dropLast(4)) }
            .sorted()
    }

    static func bytes(_ name: String, in folder: URL = folder) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appending(path: name + ".bin")))
    }

    /// Compiles the generator with a compiler, runs it, and gives its folder to the body.
    static func generate(compiler: String, _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "dltrace-golden-\(UUID().uuidString)")
        let output = folder.appending(path: "v1")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = folder.appending(path: "golden").path
        try run([
            compiler, "-std=gnu11", "-Wall", "-Wextra", "-Wshadow", "-Werror",
            "-I" + repository.appending(path: "Sources/CDLTraceWire/include").path,
            wire.appending(path: "golden.c").path, "-o", program,
        ])
        try run([program, output.path])
        try body(output)
    }

    /// A command that failed.
    struct Failure: Error, CustomStringConvertible {
        let command: [String]
        let output: String
        let status: Int32

        var description: String {
            "\(command.joined(separator: " ")) exited with \(status):\n\(output)"
        }
    }

    private static func run(_ command: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                command: command, output: String(decoding: output, as: UTF8.self),
                status: process.terminationStatus)
        }
    }
}
