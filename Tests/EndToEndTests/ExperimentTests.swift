// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `dltrace run --quarantine`, `--pin` and `--census`, on a stale pointer whose address was taken by another
/// library.
@Suite("Experiments", .serialized)
struct ExperimentTests {
    private static func run(_ options: [String], in workspace: Workspace) throws -> Outcome {
        try workspace.dltrace(["run"] + options + ["--", Victim.named("address-taken").path()])
    }

    @Test(
        "--quarantine: a fault at the stale use, which names the library",
        .timeLimit(.minutes(15)))
    func quarantine() throws {
        let workspace = try Workspace()
        let traced = try Self.run(["--quarantine"], in: workspace)
        #expect(traced.ending == .signalled(SIGSEGV), "\(traced)")
        #expect(traced.output.hasSuffix("<a } {+b b> } "), "\(traced)")
        let report = try workspace.report()
        let finding = try #require(report.findings.first { $0.rule == "use-after-unload" })
        #expect(finding.library?.hasSuffix("/liba.so") == true, "\(finding)")
        #expect(finding.evidence("fault")?.stack.first?.function == "work", "\(finding)")
    }

    @Test("--pin: the same program without the unload is right", .timeLimit(.minutes(15)))
    func pin() throws {
        for glob in ["liba.so", "lib[!b-z].so", "*/liba.so", "lib?.so"] {
            let workspace = try Workspace()
            let traced = try Self.run(["--pin", "x", "--pin", glob], in: workspace)
            #expect(traced.ending == .exited(0), "\(glob): \(traced)")
            #expect(traced.output.contains("{+b b> } a.work"), "\(glob): \(traced)")
            let events = try workspace.events()
            #expect(
                !events.contains { $0.kind == "unload" && $0.path?.hasSuffix("/liba.so") == true },
                "\(glob)")
            let kept = try workspace.report().findings.filter { $0.rule == "unload-ineffective" }
            #expect(!kept.isEmpty, "\(glob)")
            #expect(kept.allSatisfy { $0.message.contains("it was pinned") }, "\(kept)")
        }
        for glob in ["b.so", "lib[b-z].so", "/liba.so", "lib", "liba.so?"] {
            let workspace = try Workspace()
            let traced = try Self.run(["--pin", glob], in: workspace)
            #expect(traced.output.contains("{+b b> } b.work"), "\(glob): \(traced)")
        }
    }

    @Test("--census: the pointer is found right after the unload", .timeLimit(.minutes(15)))
    func census() throws {
        let workspace = try Workspace()
        let traced = try Self.run(["--census"], in: workspace)
        #expect(traced.ending == .exited(0), "\(traced)")
        let left = try workspace.events().filter { $0.kind == "left" }
        // The second one is the same word: what it holds now lies in the library that took the address.
        let names = left.map { $0.path?.split(separator: "/").last }
        #expect(names == ["liba.so", "libb.so"], "\(left)")
        let report = try workspace.report()
        let finding = try #require(report.findings.first { $0.rule == "dangling-pointer" })
        #expect(finding.message.contains("table"), "\(finding)")
    }

    @Test("--census: a pointer that was cleared is none", .timeLimit(.minutes(15)))
    func nothingLeft() throws {
        let workspace = try Workspace()
        let traced = try workspace.dltrace([
            "run", "--census", "--", Victim.named("well-behaved").path(),
        ])
        #expect(traced.ending == .exited(0), "\(traced)")
        #expect(try workspace.report().findings.map(\.rule) == [])
        #expect(try workspace.events().filter { $0.kind == "left" }.isEmpty)
    }

    @Test("--census: a registry that stays points to a plugin that went", .timeLimit(.minutes(15)))
    func registry() throws {
        let workspace = try Workspace()
        let traced = try workspace.dltrace([
            "run", "--census", "--", Victim.named("registry-pointers").path(),
        ])
        #expect(traced.ending == .exited(0), "\(traced)")
        let report = try workspace.report()
        #expect(
            report.findings.map(\.rule) == ["dangling-pointer", "generation-mismatch"],
            "\(workspace.dump())")
        let finding = try #require(report.findings.first)
        #expect(finding.library?.hasSuffix("/libmember.so") == true, "\(finding)")
        #expect(
            finding.message.contains("registry holds the address of member_work"), "\(finding)")
    }
}
