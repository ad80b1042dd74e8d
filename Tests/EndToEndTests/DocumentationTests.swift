// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The documents that no module's own tests look at.
@Suite("Documentation", .serialized)
struct DocumentationTests {
    private func read(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Products.root)/\(path)", encoding: .utf8)
    }

    @Test("links between the documents lead somewhere")
    func links() throws {
        let manager = FileManager.default
        let pages =
            ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
            + (manager.enumerator(atPath: "\(Products.root)/docs")?.compactMap { $0 as? String }
                .filter { $0.hasSuffix(".md") }.map { "docs/\($0)" } ?? [])
        #expect(pages.count > 10)
        for page in pages {
            let file = URL(fileURLWithPath: "\(Products.root)/\(page)")
            let folder = file.deletingLastPathComponent()
            for match in try read(page).matches(of: #/\]\(([^)#\s]+)[^)]*\)/#) {
                let link = String(match.1)
                guard !link.hasPrefix("http") else { continue }
                let target = folder.appendingPathComponent(link).path
                #expect(manager.fileExists(atPath: target), "\(page): \(link)")
            }
        }
    }

    @Test("each environment variable of ours is in cli.md")
    func variables() throws {
        let page = try read("docs/cli.md")
        let sources = ["interposer/src", "Sources/DLTraceCollector"]
        var names: Set<String> = []
        for folder in sources {
            let files = try FileManager.default.contentsOfDirectory(
                atPath: "\(Products.root)/\(folder)")
            for file in files {
                let text = try read("\(folder)/\(file)")
                names.formUnion(text.matches(of: #/"(DLTRACE_[A-Z]+)=?"/#).map { String($0.1) })
            }
        }
        #expect(names.contains("DLTRACE_PIPE"))
        for name in names {
            #expect(page.contains(name), "\(name)")
        }
    }
}
