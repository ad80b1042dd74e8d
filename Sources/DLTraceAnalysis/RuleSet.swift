// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The rules that a report runs, by id.
package struct RuleSet: Sendable, Equatable {
    /// The rules, sorted by id.
    package private(set) var rules: [Rule]

    /// The ids, sorted.
    package var ids: [String] { rules.map(\.id) }

    /// Whether all of them are built in.
    var isBuiltIn: Bool { rules.allSatisfy(\.isBuiltIn) }

    /// The rules that are built in.
    package static func builtIn() throws -> RuleSet {
        var rules: [Rule] = []
        for (id, bytes) in BuiltInRules.files {
            rules.append(try Rule(id: id, text: String(decoding: bytes, as: UTF8.self), source: id))
        }
        return RuleSet(rules: rules.sorted { $0.id < $1.id })
    }

    /// Adds every `.sql` file of a folder; one with the id of a rule that is there takes its place.
    ///
    /// - Throws: `AnalysisError` that names the folder or file, and why.
    package mutating func add(folder: String) throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw Rule.bad(folder, "not a folder that can be read")
        }
        let files = names.filter { $0.hasSuffix(".sql") && !$0.hasPrefix(".") }.sorted()
        guard !files.isEmpty else { throw Rule.bad(folder, "no .sql file in it") }
        for name in files {
            let path = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Rule.bad(path, "can't be read")
            }
            guard let text = String(data: data, encoding: .utf8) else {
                throw Rule.bad(path, "not UTF-8")
            }
            let rule = try Rule(id: String(name.dropLast(4)), text: text, source: path)
            rules.removeAll { $0.id == rule.id }
            rules.append(rule)
        }
        rules.sort { $0.id < $1.id }
    }

    /// The rule of an id.
    ///
    /// - Throws: `AnalysisError` that lists those there are.
    package func rule(_ id: String) throws -> Rule {
        guard let rule = rules.first(where: { $0.id == id }) else {
            throw AnalysisError(
                code: .noSuchRule, what: id, why: "no such rule",
                advice: "Rules: " + ids.joined(separator: ", "))
        }
        return rule
    }

    /// These rules only.
    ///
    /// - Throws: `AnalysisError` for an id that is not among them.
    package func only(_ ids: [String]) throws -> RuleSet {
        let chosen = try ids.map { try rule($0) }
        return RuleSet(rules: rules.filter { chosen.contains($0) })
    }
}
