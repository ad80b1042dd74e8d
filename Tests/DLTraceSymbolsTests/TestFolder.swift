// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of a test's own, removed with it; kept with DLTRACE_TEST_KEEP=1.
final class TestFolder {
    /// Its absolute path.
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "dltrace-symbols-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        guard ProcessInfo.processInfo.environment["DLTRACE_TEST_KEEP"] != "1" else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of something in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a text file.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
        return file(name)
    }

    /// Runs a tool in the folder, to its end.
    ///
    /// - Returns: What it printed.
    /// - Throws: ``ToolFailure`` where it fails.
    @discardableResult
    func run(_ tool: String, _ arguments: [String]) throws -> String {
        let output = file(".output-" + UUID().uuidString)
        try Data().write(to: URL(fileURLWithPath: output))
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: output))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try handle.close()
        let text = try String(
            decoding: Data(contentsOf: URL(fileURLWithPath: output)), as: UTF8.self)
        try FileManager.default.removeItem(atPath: output)
        guard process.terminationStatus == 0 else {
            throw ToolFailure(
                command: ([tool] + arguments).joined(separator: " "),
                status: process.terminationStatus, output: text)
        }
        return text
    }

    /// Runs a tool in the folder, its arguments in one line.
    @discardableResult
    func run(_ line: String) throws -> String {
        let words = line.split(separator: " ").map(String.init)
        return try run(words[0], Array(words.dropFirst()))
    }
}
