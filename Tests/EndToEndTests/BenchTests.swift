// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `make bench` makes of its measurements; the measuring itself is not tested here.
@Suite("Bench", .serialized)
struct BenchTests {
    @Test("docs/performance.md is what the results say; its tests pass", .timeLimit(.minutes(15)))
    func ownTests() throws {
        let workspace = try Workspace()
        let tests = try Command(
            executable: Products.require("/usr/bin/env"),
            arguments: [
                "-C", "\(Products.root)/bench", "/usr/bin/python3", "-B", "-m", "unittest",
            ],
            environment: workspace.plainEnvironment
        ).run(in: workspace)
        #expect(tests.ending == .exited(0), "\(tests)")
    }
}
