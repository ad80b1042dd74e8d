// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Foundation
import Synchronization
import Testing
import TraceFixtures

@testable import DLTraceStore

/// What the rules say of a trace whose oldest events were pruned.
@Suite("Pruned traces")
struct PrunedTraceTests {
    private typealias Scenario = @Sendable (TraceFixture) throws -> Void

    private static let scenarios: [(name: String, tell: Scenario)] = [
        ("clean", { try $0.clean() }),
        ("closedByTheProgram", { try $0.closedByTheProgram() }),
        ("closedInAForkedChild", { try $0.closedInAForkedChild() }),
        ("closedAtExit", { try $0.closedAtExit() }),
        ("closedInTheProtectedPass", { try $0.closedInTheProtectedPass() }),
        ("keepAliveCycle", { try $0.keepAliveCycle() }),
        ("staleCall", { try $0.staleCall() }),
        ("reusedAddress", { try $0.reusedAddress() }),
        ("stays", { try $0.stays() }),
        ("failures", { try $0.failures() }),
        ("leftBehind", { try $0.leftBehind() }),
        ("everyReference", { try $0.everyReference() }),
        ("threadAtExit", { try $0.threadAtExit() }),
        ("staleHandle", { try $0.staleHandle() }),
    ]

    @Test("no rule finds anything because of what is missing", arguments: scenarios.map(\.name))
    func noFalseFinding(name: String) throws {
        let scenario = try #require(Self.scenarios.first { $0.name == name })
        let fixture = try TraceFixture()
        try scenario.tell(fixture)
        let path = try fixture.close()
        try withExtendedLifetime(fixture) { try Self.check(path) }
    }

    /// Prunes copies of a trace at several places, and compares what is found.
    private static func check(_ path: String, cuts: Int = 7) throws {
        let before = try findings(path)
        let copy = path + ".pruned"
        let reader = try TraceWriter(path: path)
        let processes = try reader.withPruner { pruner, result in
            result.kept = try pruner.processes()
        }.kept
        try reader.finish()
        for process in processes {
            for seq in stride(
                from: 1, through: process.lastSeq, by: max(1, Int(process.lastSeq) / cuts))
            {
                try? FileManager.default.removeItem(atPath: copy)
                try FileManager.default.copyItem(atPath: path, toPath: copy)
                let writer = try TraceWriter(path: copy)
                let through = Mutex(seq)
                _ = try writer.withPruner { pruner, _ in
                    let reached = try pruner.trim(process, through: seq)
                    through.withLock { $0 = reached }
                    try pruner.sweep()
                }
                try writer.finish()
                let after = try findings(copy)
                for (rule, count) in after.found where count > before.found[rule, default: 0] {
                    Issue.record("pruned up to \(seq) of process \(process.id): \(rule) \(path)")
                }
                #expect(after.unseen <= before.unseen, "pruned up to \(seq): callers")
                #expect(after.lost == before.lost, "pruned up to \(seq): lost")
                #expect(after.pruned == [process.id: through.withLock { $0 }])
            }
        }
    }

    private struct Outcome {
        var found: [String: Int] = [:]
        var unseen: Int64 = 0
        var lost: Int64 = 0
        var pruned: [Int64: Int64] = [:]
    }

    private static func findings(_ path: String) throws -> Outcome {
        let analysis = try Analyzer(try TraceDatabase(path: path))
            .analyze(.all, rules: .builtIn())
        var outcome = Outcome()
        for finding in analysis.findings {
            outcome.found[finding.rule, default: 0] += 1
        }
        for process in analysis.processes {
            outcome.unseen += process.unseenCallers
            outcome.lost += process.lostRecords
            if process.prunedSeq > 0 { outcome.pruned[process.id] = process.prunedSeq }
        }
        return outcome
    }
}
