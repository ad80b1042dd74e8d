// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `dltrace why` over what real programs left.
@Suite("Lives after a run", .serialized)
struct WhyTests {
    private struct Story: Decodable {
        struct Load: Decodable {
            let moments: [Moment]
            let stays: [Reason]
        }
        struct Moment: Decodable {
            let what: String
            let caller: String?
            let stack: [TraceReport.Frame]
        }
        struct Reason: Decodable {
            let reason: String
        }
        let library: String
        let loads: [Load]
    }

    private func story(_ library: String, of victim: String) throws -> Story {
        let workspace = try Workspace()
        _ = try workspace.trace(Victim.named(victim).path())
        let outcome = try workspace.dltrace(["why", "--format", "json", library])
        #expect(outcome.ending == .exited(0), "\(outcome)")
        let text = try workspace.dltrace(["why", library])
        #expect(text.ending == .exited(0), "\(text)")
        return try #require(
            try JSONDecoder().decode([Story].self, from: outcome.stdout).first, "\(outcome)")
    }

    @Test("a library that another one opens and closes", .timeLimit(.minutes(15)))
    func deferred() throws {
        let story = try story("resources", of: "engine-close")
        let load = try #require(story.loads.first)
        #expect(
            load.moments.map(\.what) == ["opened", "loaded", "closed", "finalized", "unloaded"])
        #expect(load.moments.first?.caller == "libengine.so")
        #expect(load.moments.first?.stack.contains { $0.function == "engine_build" } == true)
        #expect(load.stays.isEmpty)
    }

    @Test("a library that stays says why", .timeLimit(.minutes(15)))
    func stays() throws {
        let story = try story("libresources.so", of: "engine-nodelete-close")
        let reasons = try #require(story.loads.first).stays.map(\.reason)
        #expect(reasons.contains { $0.contains("RTLD_NODELETE") }, "\(reasons)")
    }

    @Test("what is not there says so in its exit status", .timeLimit(.minutes(15)))
    func statuses() throws {
        let workspace = try Workspace()
        #expect(try workspace.dltrace(["why", "a"]).ending == .exited(72))
        _ = try workspace.trace(Victim.named("well-behaved").path())
        for arguments in [["why"], ["why", "nothing-like-it"], ["why", "lib", "--limit", "0"]] {
            let outcome = try workspace.dltrace(arguments)
            #expect(outcome.ending == .exited(64), "\(outcome)")
        }
        let several = try workspace.dltrace(["why", "lib"])
        #expect(several.ending == .exited(64), "\(several)")
        #expect(several.errors.contains("libc.so.6"), "\(several)")
        // The right libraries are in no answer.
        #expect(several.output.isEmpty)
    }
}
