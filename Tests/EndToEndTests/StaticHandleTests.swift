// SPDX-License-Identifier: Apache-2.0

import Testing

/// The main job: a handle in a static object, closed in its destructor, and its usual repairs.
@Suite("A handle in a static object", .serialized)
struct StaticHandleTests {
    /// The finding of a rule about a victim.
    private func finding(_ rule: String, of name: String) throws -> TraceReport.Finding {
        let workspace = try Workspace()
        let traced = try workspace.trace(Victim.named(name).path())
        let findings = try workspace.report().findings.filter { $0.rule == rule }
        #expect(findings.count == 1, "\(traced)\n\(workspace.dump())")
        guard let first = findings.first else {
            throw TestFailure("\(name): no \(rule)\n\(traced)\n\(workspace.dump())")
        }
        return first
    }

    @Test("closed by the program: destructor, both libraries and phase", .timeLimit(.minutes(15)))
    func closedByTheProgram() throws {
        let finding = try finding("dlclose-in-destructor", of: "engine-close")
        #expect(finding.severity == "warning")
        #expect(finding.library?.hasSuffix("/libresources.so") == true, "\(finding)")
        let words = finding.message + finding.detail
        #expect(words.contains("libengine.so"), "\(finding)")
        #expect(words.contains("libresources.so"), "\(finding)")
        #expect(!finding.remedies.isEmpty)

        let close = try #require(finding.evidence("close"), "\(finding)")
        #expect(close.kind == "dlclose")
        #expect(close.phase == "dlclose")
        #expect(close.chain.contains("unload"), "\(close.chain)")
        #expect(close.chain.contains("~Resources"), "\(close.chain)")
        let open = try #require(finding.evidence("open"), "\(finding)")
        #expect(open.kind == "dlopen")
        #expect(open.chain.contains("engine_build"), "\(open.chain)")
        #expect(open.stack.contains { $0.file?.hasSuffix("engine.cpp") == true }, "\(open)")
        #expect(open.chain.contains("main"), "\(open.chain)")
    }

    @Test("at exit: among the exit handlers, unprotected", .timeLimit(.minutes(15)))
    func atExit() throws {
        let finding = try finding("dlclose-in-destructor", of: "engine-exit")
        #expect(finding.severity == "warning")
        #expect(finding.evidence("close")?.phase == "exit-handlers", "\(finding)")
    }

    @Test("of a library that was linked: in the protected pass", .timeLimit(.minutes(15)))
    func linked() throws {
        let finding = try finding("dlclose-in-destructor", of: "engine-linked")
        #expect(finding.severity == "note")
        #expect(finding.evidence("close")?.phase == "exit-fini", "\(finding)")
    }

    @Test(
        "the attribute destructor helps at exit and not under dlclose", .timeLimit(.minutes(15)))
    func attributeDestructor() throws {
        let close = try finding("dlclose-in-destructor", of: "engine-destructor-close")
        #expect(close.severity == "warning")
        let exit = try finding("dlclose-in-destructor", of: "engine-destructor-exit")
        #expect(exit.severity == "note")
        #expect(exit.evidence("close")?.phase == "exit-fini", "\(exit)")
    }

    @Test("RTLD_NODELETE leaves a note", .timeLimit(.minutes(15)))
    func nodelete() throws {
        let close = try finding("dlclose-in-destructor", of: "engine-nodelete-close")
        #expect(close.severity == "note")
        let stays = try finding("unload-ineffective", of: "engine-nodelete-close")
        #expect((stays.message + stays.detail).contains("NODELETE"), "\(stays)")
    }

    @Test("a leaked handle leaves a note with its opener", .timeLimit(.minutes(15)))
    func leaked() throws {
        let leak = try finding("leaked-open", of: "engine-leak-close")
        #expect(leak.severity == "note")
        #expect(leak.library?.hasSuffix("/libresources.so") == true, "\(leak)")
        #expect(leak.evidence("open")?.chain.contains("engine_build") == true, "\(leak)")
    }

    @Test("a reference-counted owner leaves nothing to say", .timeLimit(.minutes(15)))
    func owner() throws {
        let workspace = try Workspace()
        _ = try workspace.trace(Victim.named("engine-owner-close").path())
        #expect(try workspace.report().findings.isEmpty, "\(workspace.dump())")
    }
}
