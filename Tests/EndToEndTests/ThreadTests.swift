// SPDX-License-Identifier: Apache-2.0

import Testing

/// The life of threads, and where they are when a library goes.
@Suite("Threads", .serialized)
struct ThreadTests {
    @Test(
        "every thread that ends says so, after everything else it does",
        .timeLimit(.minutes(15)),
        arguments: [
            ("threads-ended", 5), ("threads-many", 2050), ("thread-keys", 1), ("thread-stack", 2),
            ("thread-create-fails", 2), ("pthread-exit", 1), ("fork-with-threads", 3),
        ])
    func endIsLast(name: String, count: Int) throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named(name).path())
        let ended = try rows(
            workspace, "SELECT COUNT(*) FROM thread_life WHERE end_seq IS NOT NULL")
        #expect(ended == ["\(count)"], "\(traced)\n\(workspace.dump())")

        // The last thread of a process exits in its own name.
        let late = try rows(
            workspace,
            """
            SELECT event.seq, event.kind FROM thread_life
            JOIN event ON event.process_id = thread_life.process_id
                AND event.thread = thread_life.thread
                AND event.seq > thread_life.end_seq
            LEFT JOIN event AS exit ON exit.process_id = event.process_id
                AND exit.kind = 'exit'
                AND exit.seq <= event.seq
            LEFT JOIN thread_life AS next ON next.process_id = event.process_id
                AND next.thread = event.thread
                AND next.start_seq > thread_life.start_seq
            WHERE exit.seq IS NULL AND next.start_seq IS NULL
            """)
        #expect(late.isEmpty, "\(traced)\n\(workspace.dump())")
    }

    @Test(
        "an unload tells which threads are inside", .timeLimit(.minutes(15)),
        arguments: [
            ("thread-outlives", ["thread,hold,0"]),
            ("thread-outlives-crashes", ["thread,nap,0"]),
            ("thread-outlives-main", ["thread,hold,0"]),
            ("thread-visits", ["thread_stack,hold,0"]),
            ("main-visits", ["thread_stack,hold,0"]),
            ("threads-ended", []),
            ("exit-with-thread", ["thread,hold,1"]),
            ("exit-with-visitor", ["thread_stack,hold,1", "thread_stack,hold,1"]),
            ("fork-with-threads", []),
            ("sandboxed-close", ["thread,hold,0"]),
        ])
    func tellsWhoIsInside(name: String, expected: [String]) throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named(name).path())
        _ = try workspace.report()  // which names the addresses
        let told = try rows(
            workspace,
            """
            SELECT type, replace(substr(label, 1, 4), 'nap+', 'nap'), is_at_exit FROM left_reference
            WHERE type IN ('thread', 'thread_stack') ORDER BY seq
            """)
        #expect(told == expected, "\(traced)\n\(workspace.dump())")
    }

    /// The lines of an answer, without its header.
    private func rows(_ workspace: Workspace, _ sql: String) throws -> [String] {
        let answer = try workspace.dltrace(["query", "--format", "csv", sql])
        #expect(answer.ending == .exited(0), "\(answer)")
        return answer.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    }
}
