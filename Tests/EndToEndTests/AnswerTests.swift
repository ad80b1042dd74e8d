// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What users do with findings: compare them, suppress them, let a script fail for them.
@Suite("Answers", .serialized)
struct AnswerTests {
    private struct Difference: Decodable {
        struct Change: Decodable {
            let finding: TraceReport.Finding
            let before: Int
            let after: Int
        }
        let gone: [Change]
        let new: [Change]
        let same: [Change]
    }

    private func difference(_ outcome: Outcome) throws -> Difference {
        try JSONDecoder().decode(Difference.self, from: outcome.stdout)
    }

    @Test(
        "diff: a repair is told from the defect, and the other way round", .timeLimit(.minutes(15)))
    func diff() throws {
        let workspace = try Workspace()
        _ = try workspace.trace(Victim.named("engine-close").path())
        _ = try workspace.trace(Victim.named("engine-owner-close").path())
        let repaired = try workspace.dltrace(
            ["diff", "--format", "json", "--fail-on", "warning", "--rule", "dlclose-in-destructor"])
        #expect(repaired.ending == .exited(0), "\(repaired)")
        let difference = try difference(repaired)
        #expect(difference.gone.map(\.finding.rule) == ["dlclose-in-destructor"], "\(repaired)")
        #expect(difference.new.isEmpty && difference.same.isEmpty, "\(repaired)")

        let broken = try workspace.dltrace(["diff", "--fail-on", "warning", "last", "last~1"])
        #expect(broken.ending == .exited(1), "\(broken)")
        #expect(broken.output.contains("\nnew: warning: dlclose-in-destructor\n"), "\(broken)")
        #expect(try workspace.dltrace(["diff", "last~2"]).ending == .exited(64))
        #expect(try workspace.dltrace(["diff", "nonsense"]).ending == .exited(64))
    }

    @Test("diff: two databases of one program have the same findings", .timeLimit(.minutes(15)))
    func diffOfFiles() throws {
        let workspace = try Workspace()
        let program = try Victim.named("engine-close").path()
        let files = ["before", "after"].map { "\(workspace.path)/\($0).db" }
        for file in files {
            let run = try workspace.dltrace(["run", "-o", file, "--", program])
            #expect(run.errors.contains("more with: dltrace report --database \(file)\n"), "\(run)")
        }
        let outcome = try workspace.dltrace(
            ["diff", "--format", "json", "--fail-on", "note", files[0], files[1] + ":1+"])
        #expect(outcome.ending == .exited(0), "\(outcome)")
        let difference = try difference(outcome)
        #expect(difference.gone.isEmpty && difference.new.isEmpty, "\(outcome)")
        #expect(difference.same.contains { $0.finding.rule == "dlclose-in-destructor" })
        #expect(difference.same.allSatisfy { $0.before == 1 && $0.after == 1 }, "\(outcome)")
        let missing = try workspace.dltrace(["diff", files[0], "./missing.db"])
        #expect(missing.ending == .exited(72), "\(missing)")
    }

    @Test(
        "what a report offers as a suppression keeps a run from failing", .timeLimit(.minutes(15)))
    func suppressions() throws {
        let workspace = try Workspace()
        let program = try Victim.named("engine-close").path()
        let failing = try workspace.dltrace(
            ["run", "--fail-on", "warning", "--error-exitcode", "9", "--", program])
        #expect(failing.ending == .exited(9), "\(failing)")
        let offered = try workspace.dltrace(["report", "--format", "suppressions"])
        let file = "\(workspace.path)/known.supp"
        try offered.stdout.write(to: URL(fileURLWithPath: file))
        let passing = try workspace.dltrace(
            [
                "run", "--fail-on", "note", "--error-exitcode", "9", "--suppress", file, "--",
                program,
            ])
        #expect(passing.ending == .exited(0), "\(passing)")
        #expect(passing.errors.contains("\ndltrace: suppressed: "), "\(passing)")
        let report = try workspace.dltrace([
            "report", "-v", "--fail-on", "note", "--suppress", file,
        ])
        #expect(report.ending == .exited(0), "\(report)")
        #expect(report.output.contains("~Resources()  \(file):2  warning: "), "\(report)")
        let plain = try workspace.dltrace(["report", "--fail-on", "warning"])
        #expect(plain.ending == .exited(1), "\(plain)")
        #expect(try workspace.report(["--suppress", file]).findings.isEmpty)
    }

    @Test("repeated runs are counted", .timeLimit(.minutes(15)))
    func repeated() throws {
        let workspace = try Workspace()
        let program = try Victim.named("engine-close").path()
        let script = """
            n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n; test $n -ne 1 || exec \(program)
            """
        let outcome = try workspace.dltrace(
            [
                "run", "--repeat", "3", "--error-exitcode", "7", "--fail-on", "warning", "--", "sh",
                "-c",
                "cd \(workspace.path); \(script)",
            ])
        #expect(outcome.ending == .exited(7), "\(outcome)")
        #expect(
            outcome.errors.contains("dltrace: 3 runs: 3 exited with status 0\n"), "\(outcome)")
        #expect(
            outcome.errors.contains("\ndltrace: in 1 of 3 runs: warning: dlclose-in-destructor: "),
            "\(outcome)")
    }

    @Test("the summary of a run tells of its own processes only", .timeLimit(.minutes(15)))
    func ownProcesses() throws {
        let workspace = try Workspace()
        let close = try Victim.named("engine-close").path()
        let exit = try Victim.named("engine-exit").path()
        let script = "\(close); until [ -e \(workspace.path)/go ]; do sleep 0.05; done"
        let first = try Command(
            executable: try Products.require(Products.dltrace),
            arguments: ["run", "--", "sh", "-c", script], environment: workspace.environment
        ).start(in: workspace)
        #expect(
            poll(.seconds(20)) {
                (try? String(contentsOfFile: first.stdout, encoding: .utf8))?.contains("PASS")
                    == true
            })
        let second = try workspace.trace(exit)
        #expect(second.errors.contains("(phase exit-handlers)"), "\(second)")
        #expect(!second.errors.contains("(phase dlclose)"), "\(second)")
        try Data().write(to: URL(fileURLWithPath: "\(workspace.path)/go"))
        let outcome = try first.wait(.seconds(20))
        #expect(outcome.errors.contains("(phase dlclose)"), "\(outcome)")
        #expect(!outcome.errors.contains("(phase exit-handlers)"), "\(outcome)")
    }

    @Test(
        "a library whose file is gone is named where its functions have no names",
        .timeLimit(.minutes(15)))
    func goneFile() throws {
        let workspace = try Workspace()
        let manager = FileManager.default
        let program = try Victim.named("engine-close").path()
        let source = URL(fileURLWithPath: program).deletingLastPathComponent().path
        let names = ["engine-close-plain", "libengine.so", "libresources.so"]
        for name in names {
            try manager.copyItem(atPath: "\(source)/\(name)", toPath: "\(workspace.path)/\(name)")
        }
        _ = try workspace.preload("\(workspace.path)/\(names[0])")
        try manager.removeItem(atPath: "\(workspace.path)/libengine.so")
        let report = try workspace.dltrace(["report"])
        #expect(
            report.output.contains(
                "\nno names of functions of \(workspace.path)/libengine.so: the file is gone\n"),
            "\(report)")
        #expect(!report.output.contains("libresources.so: the file"), "\(report)")
    }
}
