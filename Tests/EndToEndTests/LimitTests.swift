// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What docs/limits.md says of what is large; Tests/Limits tries the rest.
@Suite("Limits", .serialized)
struct LimitTests {
    @Test("a path of 4,095 bytes is recorded whole", .timeLimit(.minutes(15)))
    func longestPath() throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named("path-longest").path())
        let loads = try workspace.events().filter { $0.kind == "load" }
        let longest = loads.compactMap(\.path).map(\.utf8.count).max()
        #expect(longest == 4095, "\(traced)\n\(workspace.dump())")
        let asked = try query(
            workspace,
            """
            SELECT LENGTH(CAST(text.value AS BLOB)), COUNT(*) FROM event JOIN text ON text.id = event.text_id
            WHERE event.kind = 'dlopen' AND LENGTH(text.value) > 4000 GROUP BY 1 ORDER BY 1
            """)
        #expect(asked == "4095,1\r\n4096,1\r\n")
    }

    @Test(
        "a stack has its innermost 128 frames, and says where there were more",
        .timeLimit(.minutes(15)))
    func deepStack() throws {
        let workspace = try Workspace()
        _ = try workspace.trace(Victim.named("stack-deep").path())
        let stacks = try query(
            workspace,
            """
            SELECT is_truncated, (SELECT COUNT(*) FROM stack_frame WHERE stack_id = stack.id)
            FROM event JOIN stack ON stack.id = event.stack_id
            WHERE event.kind = 'dlclose' AND event.parent_seq IS NULL ORDER BY event.seq
            """)
        #expect(stacks == "1,128\r\n0,128\r\n", "\(workspace.dump())")
    }

    @Test("a fork that fails leaves no child to be missed", .timeLimit(.minutes(15)))
    func failedFork() throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named("fork-fails").path())
        #expect(
            try query(workspace, "SELECT SUM(silent_children) FROM process_summary") == "0\r\n",
            "\(traced)\n\(workspace.dump())")
    }

    /// The rows without their header.
    private func query(_ workspace: Workspace, _ sql: String) throws -> String {
        let outcome = try workspace.dltrace(["query", "--format", "csv", sql])
        guard outcome.ending == .exited(0), let end = outcome.output.firstRange(of: "\r\n") else {
            throw TestFailure("query: \(outcome)")
        }
        return String(outcome.output[end.upperBound...])
    }
}
