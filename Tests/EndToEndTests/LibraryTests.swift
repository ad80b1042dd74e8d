// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// libdltrace.so as a guest in somebody else's process.
@Suite("libdltrace.so", .serialized)
struct LibraryTests {
    private func tool(_ name: String, _ arguments: [String]) throws -> String {
        let workspace = try Workspace()
        let outcome = try workspace.plain("/usr/bin/\(name)", arguments)
        guard outcome.ending == .exited(0) else { throw TestFailure("\(name): \(outcome)") }
        return outcome.output
    }

    @Test("needs libc.so.6 and nothing else", .timeLimit(.minutes(15)))
    func needsLibcAlone() throws {
        let dynamic = try tool("readelf", ["-dW", Products.require(Products.library)])
        let needed = dynamic.split(separator: "\n").filter { $0.contains("(NEEDED)") }
        #expect(needed.count == 1, "\(dynamic)")
        #expect(needed.first?.contains("[libc.so.6]") == true, "\(dynamic)")
    }

    @Test("exports what libdltrace.map lists and nothing else", .timeLimit(.minutes(15)))
    func exportsItsMap() throws {
        let symbols = try tool(
            "nm", ["-D", "--defined-only", "--format=posix", Products.require(Products.library)])
        let exported = symbols.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count > 1, words[1] != "A", let name = words.first else { return nil }
            return name.split(separator: "@").first.map(String.init)
        }
        let map = try String(
            contentsOfFile: "\(Products.root)/interposer/libdltrace.map", encoding: .utf8)
        let listed = map.replacing(#/(?s)/\*.*?\*//#, with: "").replacing(#/#.*/#, with: "")
            .components(separatedBy: CharacterSet(charactersIn: "{};\n\t "))
            .filter { name in
                guard let first = name.first, !name.hasSuffix(":") else { return false }
                return first.isLetter || first == "_"
            }
            .filter { !$0.hasPrefix("DLTRACE_") && !$0.hasPrefix("GLIBC_") }
        #expect(!listed.isEmpty)
        #expect(Set(exported) == Set(listed))
    }
}
