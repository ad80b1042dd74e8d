// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `dltrace core` over the core files of real programs.
@Suite("Core files of programs", .serialized)
struct CoreTests {
    private struct Answer: Decodable {
        struct Match: Decodable {
            let certainty: String
        }
        struct Cause: Decodable {
            let part: String
            let open: TraceReport.Evidence?
            let close: TraceReport.Evidence?
        }
        struct Thread: Decodable {
            let thread: Int32
            let stack: [TraceReport.Frame]
        }
        let signal: Int32?
        let match: Match
        let cause: Cause?
        let threads: [Thread]
        let changedFiles: [String]
    }

    /// Whether the kernel leaves core files in the working folder.
    private static let isPlainName: Bool = {
        let pattern = try? String(contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
        return pattern?.hasPrefix("core") == true && pattern?.contains("/") == false
    }()

    private func shell(_ script: String, in workspace: Workspace) throws -> Outcome {
        try Command(
            executable: "/bin/sh", arguments: ["-c", "cd '\(workspace.path)' && \(script)"],
            environment: workspace.environment
        ).run(in: workspace)
    }

    private func answer(_ workspace: Workspace, _ core: String) throws -> Answer {
        let outcome = try workspace.dltrace(["core", "--format", "json", core])
        #expect(outcome.ending == .exited(0), "\(outcome)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let text = try workspace.dltrace(["core", core])
        #expect(text.ending == .exited(0), "\(text)")
        return try decoder.decode(Answer.self, from: outcome.stdout)
    }

    @Test(
        "a stale call, also when its fault was not recorded",
        .enabled(if: isPlainName, "the kernel hands core files to a program here"),
        .timeLimit(.minutes(15)))
    func staleCall() throws {
        let workspace = try Workspace()
        let victim = try Victim.named("stale-call").path()
        _ = try shell(
            "ulimit -c unlimited; '\(Products.dltrace)' run -q -- '\(victim)'; :", in: workspace)
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: workspace.path)
                .first { $0.hasPrefix("core") }, "no core file")
        let core = "\(workspace.path)/\(name)"
        let answer = try answer(workspace, core)
        #expect(answer.signal == SIGSEGV)
        #expect(answer.match.certainty == "certain")
        #expect(answer.cause?.part == "pc")
        #expect(answer.cause?.close?.chain.hasPrefix("unload main") == true)
        #expect(answer.cause?.open?.chain.hasPrefix("load_as load main") == true)
        let stack = try #require(answer.threads.first).stack
        #expect(Array(stack.compactMap(\.function).prefix(3)) == ["work", "run_again", "main"])
        #expect(Array(stack.map(\.state).prefix(3)) == ["unloaded", "mapped", "mapped"])
        #expect(answer.changedFiles.isEmpty)

        // A part of it, and what is none.
        let bytes = try Data(contentsOf: URL(fileURLWithPath: core), options: .alwaysMapped)
        for length in [0, 100, 4_000, 100_000, bytes.count / 2] {
            let short = "\(workspace.path)/short"
            try bytes.prefix(length).write(to: URL(fileURLWithPath: short))
            let outcome = try workspace.dltrace(["core", short])
            #expect([.exited(0), .exited(72), .exited(74)].contains(outcome.ending), "\(outcome)")
        }
        for path in [victim, "\(workspace.path)/nothing", "/etc/passwd", "/dev/null"] {
            let outcome = try workspace.dltrace(["core", path])
            #expect(outcome.ending == .exited(74), "\(outcome)")
            #expect(outcome.errors.split(separator: "\n").count == 2, "\(outcome)")
        }

        // Of a process that this database has not.
        let other = try Workspace()
        _ = try other.trace(Victim.named("well-behaved").path())
        let stranger = try other.dltrace(["core", core])
        #expect(stranger.ending == .exited(72), "\(stranger)")
        #expect(try other.dltrace(["core", "--process", "1", core]).ending == .exited(0))
    }
}
