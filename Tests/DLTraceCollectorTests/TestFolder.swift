// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import DLTraceCollector

/// A folder of one test's own, removed at its end unless DLTRACE_TEST_KEEP is set.
final class TestFolder: Sendable {
    /// The folder, mode 0700.
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("dltrace-collector-\(UUID().uuidString)").path
        try make("")
    }

    deinit {
        guard ProcessInfo.processInfo.environment["DLTRACE_TEST_KEEP"] == nil else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Makes a folder in it, mode 0700.
    @discardableResult
    func make(_ name: String) throws -> String {
        let folder = self / name
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        return folder
    }

    /// Writes a file in it, and waits until nobody has it open for writing: for a moment a program does that
    /// another test starts just then, and what may still be written to is no abandoned file.
    @discardableResult
    func write(_ name: String, _ contents: [UInt8] = [], mode: Int = 0o600) throws -> String {
        let file = self / name
        try Data(contents).write(to: URL(fileURLWithPath: file))
        if let written = Descriptor(file, O_RDONLY) {
            _ = becomesTrue { FileLease.isGranted(written) }
        }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }

    /// The names in it, or in a folder in it.
    func names(_ folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: self / folder)) ?? []).sorted()
    }

    static func / (folder: TestFolder, name: String) -> String {
        name.isEmpty ? folder.path : folder.path + "/" + name
    }
}
