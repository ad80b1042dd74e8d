// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the things under test are. What is not there is a failure of the tests, never a skip.
enum Products {
    /// The folder of the checkout.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The command, built beside the tests.
    static let dltrace: String = {
        if let given = ProcessInfo.processInfo.environment["DLTRACE_TEST_EXECUTABLE"] {
            return given
        }
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("dltrace").path
    }()

    static let library =
        ProcessInfo.processInfo.environment["DLTRACE_TEST_LIBRARY"]
        ?? "\(root)/interposer/build/libdltrace.so"

    static let victims =
        ProcessInfo.processInfo.environment["DLTRACE_TEST_VICTIMS"] ?? "\(root)/build/victims"

    static let victimSources = "\(root)/Tests/Victims"

    /// Throws where one of them was not built.
    static func require(_ path: String) throws -> String {
        guard FileManager.default.fileExists(atPath: path) else {
            throw TestFailure("\(path) is missing: run make test, which builds it")
        }
        return path
    }
}
