// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// What the rules say of what is left behind by an unload.
@Suite("Rules about references")
struct ReferenceRuleTests {
    @Test("each thing that a plugin left is a finding, with who made it and who closed the plugin")
    func leftBehind() throws {
        let findings = try Asking.findings { try $0.leftBehind() }
        #expect(
            findings.map { "\($0.severity.rawValue) \($0.rule)" } == [
                "error dangling-environ", "error dangling-exit-handler",
                "error dangling-signal-handler", "error dangling-tls-key",
                "error thread-in-unloaded-library", "warning dangling-pointer",
            ])
        for finding in findings {
            #expect(finding.library == "/opt/demo/libplug.so")
            #expect(finding.message.contains("libplug.so"))
            #expect(finding.detail.contains { $0.contains("was opened by host") })
            #expect(finding.remedies.contains { $0.contains("-Wl,-z,nodelete") })
            #expect(finding.evidence.contains { $0.role == "close" })
            #expect(finding.evidence.contains { $0.role == "open" })
        }
        func made(_ rule: String) -> String? {
            let made = findings.first { $0.rule == rule }?.evidence.first
            return made.map { "\($0.role) \($0.stack.compactMap(\.symbol).joined(separator: " "))" }
        }
        #expect(made("dangling-environ") == "register plugin_init main")
        #expect(made("dangling-signal-handler") == "install plugin_init main")
        #expect(made("thread-in-unloaded-library") == "create plugin_init main")
    }

    @Test("messages name the key, the signal, the variable and the thread")
    func words() throws {
        let findings = try Asking.findings { try $0.leftBehind() }
        let messages = findings.map(\.message).joined(separator: "\n")
        #expect(messages.contains("free_state in it was still the destructor of pthread key 3"))
        #expect(messages.contains("on_term in it was still the handler of SIGTERM"))
        #expect(messages.contains("the environment variable PLUGIN_HOME"))
        #expect(messages.contains("thread 9001, started at worker, was inside of it"))
        #expect(messages.contains("registry holds the address of table"))
    }

    @Test("a key that another library left at the same address is none of this one's")
    func olderTenant() throws {
        let names = try Asking.names { fixture in
            try fixture.start()
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            var key: Int64 = 0
            for name in ["libold.so", "libnew.so"] {
                var library = fixture.host
                try fixture.open(name, from: main) {
                    library = try fixture.library("/opt/demo/\(name)", base: 0x7f00_4000_0000)
                    return library
                }
                if key == 0 {
                    key = try fixture.register(
                        "tls_key_create", in: library, at: 0x300, number: 3, from: main)
                }
                try fixture.close(library, from: main) {
                    try fixture.unload(library)
                    try fixture.left("tls_key", in: library, at: 0x300, number: 3, registered: key)
                }
            }
            try fixture.exit()
            try fixture.bye()
        }
        #expect(names == ["error dangling-tls-key"])
    }

    @Test("a thread at exit: a note where nothing is destroyed, a warning where something is")
    func threadAtExit() throws {
        let quiet = try Asking.findings { try $0.threadAtExit() }
        #expect(
            quiet.map { "\($0.severity.rawValue) \($0.rule)" } == ["note exit-with-live-threads"])
        #expect(quiet.first?.detail.contains("nothing was unmapped during this exit") == true)
        let names = try Asking.names { fixture in
            try fixture.start()
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            let (created, _) = try fixture.thread(
                9001, in: fixture.host, at: 0x500, named: "worker", from: main)
            try fixture.exit {
                try fixture.fini(fixture.host, phase: "exit-fini") {
                    try fixture.left(
                        "thread", in: fixture.host, at: 0x500, number: 9001, registered: created)
                    try fixture.function(
                        "fini_function", in: fixture.host, at: 0x600, named: "clean_up", type: 1,
                        phase: "exit-fini")
                }
            }
            try fixture.bye()
        }
        #expect(names == ["warning exit-with-live-threads"])
    }

    @Test("a second dlclose and a dlsym of a closed handle, with the close and the open")
    func staleHandle() throws {
        let findings = try Asking.findings { try $0.staleHandle() }
        #expect(findings.map(\.rule) == ["stale-handle", "stale-handle"])
        #expect(findings.allSatisfy { $0.severity == .error })
        #expect(findings.allSatisfy { $0.evidence.map(\.role) == ["use", "close", "open"] })
        #expect(findings.last?.message.contains("calls dlsym for plugin_run") == true)
    }

    @Test("a library that is loaded anew beside what the old one left is told of, with both")
    func generations() throws {
        let findings = try Asking.findings { fixture in
            try fixture.start()
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            for turn in 0..<2 {
                var library = fixture.host
                try fixture.open("libplug.so", from: main) {
                    library = try fixture.library(
                        "/opt/demo/libplug.so", base: 0x7f00_4000_0000, needs: ["libc.so.6"])
                    return library
                }
                guard turn == 0 else { break }
                let key = try fixture.register(
                    "tls_key_create", in: library, at: 0x300, number: 3, from: main)
                try fixture.close(library, from: main) {
                    try fixture.unload(library)
                    try fixture.left("tls_key", in: library, at: 0x300, number: 3, registered: key)
                }
            }
            try fixture.killed(by: 9)
        }
        #expect(findings.map(\.rule) == ["dangling-tls-key", "generation-mismatch"])
        let finding = try #require(findings.last)
        #expect(finding.severity == .warning)
        #expect(finding.evidence.map(\.role) == ["register", "close", "open", "open"])
        #expect(finding.message.contains("libc.so.6, which it needs, stayed"))
    }
}
