// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What can be said after a crash.
@Suite("After a crash", .serialized)
struct CrashTests {
    @Test(
        "a stale call: library, symbol, who unloaded it and who opened it", .timeLimit(.minutes(15))
    )
    func staleCall() throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named("stale-call").path())
        #expect(traced.ending == .signalled(SIGSEGV), "\(traced)")
        let report = try workspace.report()
        let finding = try #require(
            report.findings.first { $0.rule == "use-after-unload" },
            "\(traced)\n\(workspace.dump())")
        #expect(finding.severity == "error")
        #expect(finding.library?.hasSuffix("/liba.so") == true, "\(finding)")
        #expect((finding.message + finding.detail).contains("work"), "\(finding)")

        let fault = try #require(finding.evidence("fault"), "\(finding)")
        #expect(fault.stack.first?.symbol?.hasPrefix("work") == true, "\(fault)")
        #expect(fault.stack.first?.state == "unloaded", "\(fault)")
        #expect(fault.chain.hasPrefix("work run_again main"), "\(fault.chain)")
        let close = try #require(finding.evidence("close"), "\(finding)")
        #expect(close.chain.hasPrefix("unload main"), "\(close.chain)")
        let open = try #require(finding.evidence("open"), "\(finding)")
        #expect(open.chain.hasPrefix("load_as load main"), "\(open.chain)")
    }

    @Test("a keep-alive cycle: the library that unloaded itself", .timeLimit(.minutes(15)))
    func keepAliveCycle() throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named("keepalive-cycle").path())
        #expect(traced.ending == .signalled(SIGSEGV), "\(traced)")
        let report = try workspace.report()
        let finding = try #require(
            report.findings.first { $0.rule == "self-unload" }, "\(traced)\n\(workspace.dump())")
        #expect(finding.library?.hasSuffix("/libkeeper.so") == true, "\(finding)")
        let words = finding.message + finding.detail
        #expect(words.contains("libreturn.so"), "\(finding)")
        let close = try #require(finding.evidence("close"), "\(finding)")
        #expect(close.phase == "exit-handlers", "\(close)")
        #expect(close.chain.contains("~Keeper"), "\(close.chain)")
    }

    @Test("report works after a crash with only a spill file", .timeLimit(.minutes(15)))
    func spilledCrash() throws {
        let workspace = try Workspace()
        let outcome = try workspace.preload(Victim.named("stale-call").path())
        #expect(outcome.ending == .signalled(SIGSEGV), "\(outcome)")
        let report = try workspace.report()
        #expect(report.findings.map(\.rule) == ["use-after-unload"], "\(workspace.dump())")
    }
}
