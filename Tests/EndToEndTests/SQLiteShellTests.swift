// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A trace in other hands: one file, the views, and the sqlite3 shell.
@Suite("The sqlite3 shell", .serialized)
struct SQLiteShellTests {
    private static let shell = "/usr/bin/sqlite3"

    /// A recorded trace as it arrives by mail, and the views that dltrace prints.
    private func mail(_ workspace: Workspace) throws -> (trace: String, views: String) {
        let trace = "\(workspace.path)/trace.db"
        let program = try Victim.named("engine-close").path()
        let run = try workspace.dltrace(["run", "-q", "-o", trace, "--", program])
        #expect(run.ending == .exited(0), "\(run)")
        let printed = try workspace.dltrace(["query", "--views"])
        let views = "\(workspace.path)/views.sql"
        try printed.stdout.write(to: URL(fileURLWithPath: views))

        let folder = "\(workspace.path)/mailed"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let mailed = "\(folder)/t.db"
        try FileManager.default.copyItem(atPath: trace, toPath: mailed)
        #expect(chmod(mailed, 0o400) == 0)
        return (mailed, views)
    }

    private func ask(
        _ trace: String, _ views: String, _ lines: [String], in workspace: Workspace
    ) throws -> Outcome {
        let shell = try Products.require(Self.shell)
        return try Command(
            executable: shell,
            arguments: ["-readonly", "-bail", "-csv", "-header", trace, ".read \(views)"] + lines,
            environment: workspace.plainEnvironment
        ).run(in: workspace)
    }

    @Test("it answers from a mailed database as dltrace does", .timeLimit(.minutes(15)))
    func sameAnswer() throws {
        let workspace = try Workspace()
        let (trace, views) = try mail(workspace)
        let sql = """
            SELECT seq, kind, path, phase, depth FROM time_line WHERE process_id = 1 ORDER BY seq
            """
        let theirs = try ask(trace, views, [sql], in: workspace)
        let ours = try workspace.dltrace(["query", "--database", trace, "--format", "csv", sql])
        #expect(theirs.ending == .exited(0), "\(theirs)")
        #expect(theirs.errors.isEmpty, "\(theirs)")
        #expect(theirs.output.contains("libresources.so"), "\(theirs)")
        #expect(
            theirs.output.split(whereSeparator: \.isNewline)
                == ours.output.split(whereSeparator: \.isNewline), "\(theirs)\(ours)")
        let there = try FileManager.default.contentsOfDirectory(atPath: "\(workspace.path)/mailed")
        #expect(there == ["t.db"])
    }

    @Test("it answers every example of docs/schema.md", .timeLimit(.minutes(15)))
    func examples() throws {
        let workspace = try Workspace()
        let (trace, views) = try mail(workspace)
        let page = try String(contentsOfFile: "\(Products.root)/docs/schema.md", encoding: .utf8)
        let examples = page.components(separatedBy: "```sql\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(examples.count >= 15)
        for example in examples {
            let answer = try ask(trace, views, [example], in: workspace)
            #expect(answer.ending == .exited(0) && answer.errors.isEmpty, "\(answer)")
        }
    }
}
