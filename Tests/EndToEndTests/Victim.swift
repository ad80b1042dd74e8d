// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A program of Tests/Victims with what its first comment says of it.
struct Victim: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: String
    let ending: Ending
    /// "severity rule", sorted.
    let findings: [String]
    /// Its threads may load and unload in any order.
    let isUnordered: Bool

    static let variants = ["plain", "o2", "znow", "nopie", "nofplt"]

    /// As the Makefile looks for it.
    static let hasClang: Bool = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/clang")
        }
    }()

    var testDescription: String { name }

    /// Its executable.
    func path(_ compiler: String = "gcc", _ variant: String = "plain") throws -> String {
        try Products.require("\(Products.victims)/\(compiler)/\(name)-\(variant)")
    }

    static func named(_ name: String) throws -> Victim {
        guard let victim = all.first(where: { $0.name == name }) else {
            throw TestFailure("no victim \(name)")
        }
        return victim
    }

    /// Every program there is a source of.
    static let all: [Victim] = {
        let folder = "\(Products.victimSources)/programs"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.sorted().compactMap { Victim(source: "\(folder)/\($0)") }
    }()

    /// Reads the first comment; nil where it lacks a line.
    init?(source: String) {
        guard let text = try? String(contentsOfFile: source, encoding: .utf8),
            let end = text.range(of: "*/")
        else { return nil }

        // "key: value", continued on lines that begin with a tab.
        var values: [String: String] = [:]
        var key = ""
        for line in text[..<end.lowerBound].split(separator: "\n") {
            let line = line.hasPrefix(" *") ? line.dropFirst(2) : line
            if line.hasPrefix("\t"), values[key] != nil {
                values[key, default: ""] += " " + line
            } else if let colon = line.firstIndex(of: ":") {
                key = normalized(String(line[..<colon]))
                values[key] = String(line[line.index(after: colon)...])
            } else {
                key = ""
            }
        }

        guard let expected = values["expect"], let ends = values["ends"],
            let ending = Ending(text: ends), let finds = values["finds"]
        else { return nil }
        name = URL(fileURLWithPath: source).deletingPathExtension().lastPathComponent
        self.expected = normalized(expected)
        self.ending = ending
        let list = finds.split(separator: ",").map { normalized(String($0)) }.sorted()
        findings = list == ["none"] ? [] : list
        isUnordered = values["order"] != nil
    }
}
