// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `dltrace addr` over what real programs left.
@Suite("Addresses after a run", .serialized)
struct AddrTests {
    private struct Answer: Decodable {
        struct Place: Decodable {
            let library: String
            let offset: String
            let symbol: String?
            let file: String?
            let line: Int?
            let state: String
        }
        let address: String
        let places: [Place]
    }

    /// A workspace with the trace of a stale call, and the address that was called.
    private func staleCall() throws -> (workspace: Workspace, address: String) {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named("stale-call").path())
        #expect(traced.ending == .signalled(SIGSEGV), "\(traced)")
        let finding = try #require(try workspace.report().findings.first, "\(workspace.dump())")
        return (workspace, try #require(finding.evidence("fault")?.stack.first?.address))
    }

    private func answers(_ workspace: Workspace, _ arguments: [String]) throws -> [Answer] {
        let outcome = try workspace.dltrace(["addr", "--format", "json"] + arguments)
        #expect(outcome.ending == .exited(0), "\(outcome)")
        return try JSONDecoder().decode([Answer].self, from: outcome.stdout)
    }

    /// Passes text through the filter.
    private func filtered(
        _ workspace: Workspace, _ text: String, _ options: String = ""
    ) throws -> Outcome {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(workspace.path)/input"))
        return try Command(
            executable: "/bin/sh",
            arguments: [
                "-c", "'\(Products.dltrace)' addr --filter \(options) < '\(workspace.path)/input'",
            ],
            environment: workspace.environment
        ).run(in: workspace)
    }

    @Test("a stale address: library, function and line", .timeLimit(.minutes(15)))
    func unloaded() throws {
        let (workspace, address) = try staleCall()
        let digits = String(address.dropFirst(2)).uppercased()
        for spelling in [address, digits] {
            let answer = try #require(answers(workspace, [spelling]).first)
            #expect(answer.address == address)
            let place = try #require(answer.places.first)
            #expect(place.library.hasSuffix("/liba.so"))
            #expect(place.symbol == "work")
            #expect(place.file?.hasSuffix("/plain.c") == true)
            #expect(place.line ?? 0 > 1)
            #expect(place.state == "unloaded")
        }
    }

    @Test("a place that no stack has is looked up in the file", .timeLimit(.minutes(15)))
    func lookedUp() throws {
        let (workspace, address) = try staleCall()
        let number = try #require(UInt64(address.dropFirst(2), radix: 16))
        let next = String(number + 4, radix: 16)
        let symbols = "SELECT COUNT(*) AS n FROM symbol"
        let before = try workspace.dltrace(["query", symbols]).output
        #expect(try answers(workspace, [next]).first?.places.first?.symbol == "work")
        // It is kept.
        #expect(try workspace.dltrace(["query", symbols]).output != before)
        #expect(try workspace.dltrace(["addr", next]).output.contains("in work+0x4 ("))
    }

    @Test("lines of other tools get names, everything else stays", .timeLimit(.minutes(15)))
    func filter() throws {
        let (workspace, address) = try staleCall()
        let digits = address.dropFirst(2)
        let text = """
            PASS \u{1b}[1m 0x12 0xdeadbeef
            ==1==ERROR: of another process
                #0 \(address)  (<unknown module>)
            """
        let untouched = try filtered(workspace, text)
        #expect(untouched.ending == .exited(0), "\(untouched)")
        #expect(untouched.output == text)

        let crash = "    #0 \(address)  (<unknown module>)\n#0  0x0000\(digits) in ?? ()\n"
        let named = try filtered(workspace, crash)
        #expect(named.ending == .exited(0), "\(named)")
        let lines = named.output.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            #expect(line.contains(" in work+0x0 (/"), "\(line)")
            #expect(line.contains("/liba.so+0x"), "\(line)")
            #expect(line.contains("plain.c:"), "\(line)")
            #expect(line.hasSuffix(" [unloaded]"), "\(line)")
        }
        let pid = try #require(try workspace.report().processes.first?.pid)
        let kernel =
            "a[\(pid)]: segfault at \(digits) ip 0000\(digits) sp 00007ffc00000000 error 14"
        #expect(try filtered(workspace, kernel).output.hasPrefix(kernel + "; ip is work+0x0 (/"))
    }

    @Test("what can't be answered says so in its exit status", .timeLimit(.minutes(15)))
    func statuses() throws {
        let workspace = try Workspace()
        for arguments in [
            ["addr"], ["addr", "12g4"], ["addr", "--filter", "12"],
            ["addr", "11112222333344445"], ["addr", "--filter", "--format", "json"],
        ] {
            let outcome = try workspace.dltrace(arguments)
            #expect(outcome.ending == .exited(64), "\(outcome)")
        }
        #expect(try workspace.dltrace(["addr", "12"]).ending == .exited(72))

        // Without a trace the lines come through all the same.
        let text = "a\n#0 0x7f0000001139 in ?? ()\n"
        let passed = try filtered(workspace, text)
        #expect(passed.output == text)
        #expect(passed.ending == .exited(72), "\(passed)")
        #expect(passed.errors.contains("dltrace run"), "\(passed)")
        #expect(try filtered(workspace, "nothing to name").ending == .exited(0))
    }
}
