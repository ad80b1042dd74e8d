// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Foundation
import Testing

/// Everything that users see is in docs/.
@Suite("Documentation")
struct DocumentationTests {
    private struct Help: Decodable {
        struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable {
                    let kind: String
                    let name: String
                }
                let names: [Name]?
                let shouldDisplay: Bool
            }
            let commandName: String
            let shouldDisplay: Bool?
            let arguments: [Argument]?
            let subcommands: [Command]?
        }
        let command: Command
    }

    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private func read(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// The built command, which lies beside the tests' bundle.
    private var command: URL {
        get throws {
            var folder = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            while folder.path != "/" {
                folder.deleteLastPathComponent()
                let file = folder.appendingPathComponent("dltrace")
                var isFolder = ObjCBool(false)
                if FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
                    !isFolder.boolValue
                {
                    return file
                }
            }
            throw CocoaError(.fileNoSuchFile)
        }
    }

    private func help() throws -> Help {
        let process = Process()
        let output = FileManager.default.temporaryDirectory
            .appendingPathComponent("dltrace-help-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        try Data().write(to: output)
        process.executableURL = try command
        process.arguments = ["--experimental-dump-help"]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        return try JSONDecoder().decode(Help.self, from: Data(contentsOf: output))
    }

    @Test("every subcommand and flag is in docs/cli.md")
    func flags() throws {
        let text = try read("docs/cli.md")
        let root = try help().command
        let commands = (root.subcommands ?? []).filter { $0.shouldDisplay != false }
        #expect(commands.count >= 8)
        for command in commands where command.commandName != "help" {
            let head = "## dltrace \(command.commandName)\n"
            guard let start = text.range(of: head) else {
                Issue.record("docs/cli.md has no \(head)")
                continue
            }
            let rest = text[start.upperBound...]
            let section = rest.range(of: "\n## ").map { rest[..<$0.lowerBound] } ?? rest
            for argument in command.arguments ?? [] where argument.shouldDisplay {
                for name in argument.names ?? [] where name.kind == "long" {
                    #expect(
                        section.contains("`--\(name.name)")
                            || ["help", "version"].contains(name.name),
                        "dltrace \(command.commandName) --\(name.name)")
                }
            }
        }
    }

    @Test("every example in docs/schema.md is answered, and every column of a view is there")
    func examples() throws {
        let sections = try read("docs/schema.md").components(separatedBy: "\n### ").dropFirst()
        try Rendering.ask(Rendering.all) { analyzer in
            var examples = 0
            for section in sections {
                let name = section.prefix { $0 != "\n" }
                for column in try analyzer.query("SELECT * FROM \(name) LIMIT 0").columns {
                    #expect(section.contains("\n| \(column) |"), "\(name).\(column)")
                }
                let blocks = section.components(separatedBy: "```")
                for block in blocks where block.hasPrefix("sql\n") {
                    _ = try analyzer.query(String(block.dropFirst(4)))
                    examples += 1
                }
            }
            #expect(examples >= 15)
        }
    }

    @Test("every kind of event can be asked for, and is in docs/schema.md and docs/cli.md")
    func kinds() throws {
        let schema = try read("Sources/DLTraceStore/Schema/schema.sql")
        let start = try #require(schema.range(of: "CHECK (kind IN (")).upperBound
        let end = try #require(schema[start...].range(of: ")),")).lowerBound
        let kinds = schema[start..<end].matches(of: #/'([a-z_]+)'/#).map { String($0.1) }
        #expect(kinds.count > 30)
        #expect(Set(kinds.filter { $0 != "end" }) == Set(TimeLineFilter.allKinds))
        for (page, all) in [("schema", kinds), ("cli", TimeLineFilter.allKinds)] {
            let rows = try read("docs/\(page).md").split(separator: "\n").filter {
                $0.hasPrefix("|")
            }
            let named = rows.flatMap { row in
                row.split(separator: "|").first.map { $0.matches(of: #/[a-z_]+/#) } ?? []
            }.map { String($0.0) }
            // These have no keys of their own.
            for kind in all where page == "schema" || !["hello", "unknown"].contains(kind) {
                #expect(named.contains(kind), "docs/\(page).md: \(kind)")
            }
        }
    }

    @Test("every rule is in docs/rules.md, and the example there is one")
    func rules() throws {
        let text = try read("docs/rules.md")
        for rule in try RuleSet.builtIn().rules {
            #expect(text.contains("| \(rule.id) | \(rule.severity) |"), "\(rule.id)")
        }
        let example = try #require(text.components(separatedBy: "```").dropFirst().first)
        _ = try Rule(id: "example", text: String(example.dropFirst()), source: "docs/rules.md")
    }

    @Test("every table and view is in docs/schema.md")
    func views() throws {
        let text = try read("docs/schema.md")
        for (file, start) in [("schema", "CREATE TABLE "), ("views", "CREATE TEMP VIEW ")] {
            let sql = try read("Sources/DLTraceStore/Schema/\(file).sql")
            let names = sql.split(separator: "\n").compactMap { line -> Substring? in
                guard line.hasPrefix(start) else { return nil }
                return line.dropFirst(start.count).prefix { $0 != " " }
            }
            #expect(names.count >= 15)
            for name in names {
                #expect(text.contains("\n### \(name)\n"), "\(name)")
            }
        }
    }

    @Test("the suppression file in docs/cli.md is one")
    func suppressions() throws {
        let text = try read("docs/cli.md")
        let section = try #require(text.components(separatedBy: "\n## Suppressions\n").last)
        let lines = section.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { !$0.hasPrefix("    ") }.prefix { $0.isEmpty || $0.hasPrefix("    ") }
        let suppressions = try Suppressing.read(
            lines.map { $0.dropFirst(4) }.joined(separator: "\n"))
        #expect(suppressions.count == 3)
        let rules = try RuleSet.builtIn().ids
        for suppression in suppressions {
            #expect(rules.contains(suppression.rule.pattern))
        }
        #expect(suppressions.map { $0.comment == nil } == [false, false, true])
    }

    @Test("every key of the JSON of reports and comparisons is in docs/cli.md")
    func keys() throws {
        func keys(_ value: Any) -> Set<String> {
            switch value {
            case let object as [String: Any]:
                object.values.reduce(into: Set(object.keys)) { $0.formUnion(keys($1)) }
            case let list as [Any]:
                list.reduce(into: []) { $0.formUnion(keys($1)) }
            default: []
            }
        }
        let text = try read("docs/cli.md")
        let names = [
            "suppressed.json", "diff.json", "stale-call.json", "processes.json", "unreadable.json",
        ]
        let folder = "Tests/DLTraceReportTests/Snapshots/"
        let found = try names.reduce(into: Set<String>()) { all, name in
            all.formUnion(
                keys(try JSONSerialization.jsonObject(with: Data(read(folder + name).utf8))))
        }
        #expect(found.count > 40)
        for key in found {
            #expect(text.contains("\"\(key)\"") || text.contains("`\(key)`"), "\(key)")
        }
    }
}
