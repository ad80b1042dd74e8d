// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DLTraceCollector

@Suite("Priorities")
struct ThreadPriorityTests {
    @Test("A thread that lets programs go first is alone in that")
    func alone() throws {
        let thread = OwnThread {
            let before = ThreadPriority.current
            ThreadPriority.yieldToPrograms()
            return (before, ThreadPriority.current)
        }
        let (before, after) = try thread.join(thread.start())
        #expect(after == min(before + 5, 19))
        let other = OwnThread { ThreadPriority.current }
        #expect(try other.join(other.start()) == before)
    }

    @Test("A program gets the priority that dltrace has")
    func program() throws {
        let command = try Command()
        #expect(
            try command.run(["run", "-q", "--", "nice"]).stdout == "\(ThreadPriority.current)\n")
    }
}
