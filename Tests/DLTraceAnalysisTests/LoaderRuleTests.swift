// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceStore
import GRDB
import Testing
import TraceFixtures

/// What the rules say of loads, unloads and destructors.
@Suite("Rules about the loader")
struct LoaderRuleTests {
    /// libuser.so needs libnv.so, which opens libres.so, which needs libnv.so; the program closes libuser.so.
    private func cycle(
        _ fixture: TraceFixture, keeperFlags: Int64 = 0, _ afterwards: (TraceFixture) throws -> Void
    ) throws {
        try fixture.start()
        var user = fixture.host
        try fixture.open(
            "libuser.so", from: try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
        ) {
            user = try fixture.library(
                "/opt/demo/libuser.so", base: 0x7f00_1000_0000, soname: "libuser.so",
                needs: ["libnv.so"])
            let keeper = try fixture.library(
                "/opt/demo/libnv.so", base: 0x7f00_3000_0000, soname: "libnv.so",
                flags: keeperFlags)
            try fixture.open(
                "libres.so", from: try fixture.stack(FixtureFrame(keeper, 0x220, "start"))
            ) {
                try fixture.library(
                    "/opt/demo/libres.so", base: 0x7f00_2000_0000, soname: "libres.so",
                    needs: ["libnv.so"])
            }
            return user
        }
        try fixture.close(
            user, from: try fixture.stack(FixtureFrame(fixture.host, 0x150, "main"))
        ) {
            try fixture.fini(user, phase: "dlclose")
            try fixture.unload(user)
        }
        try afterwards(fixture)
    }

    @Test("a keep-alive cycle is foretold when the last outside user is closed")
    func foretold() throws {
        let findings = try Asking.findings { fixture in
            try cycle(fixture) { try $0.killed(by: 9) }
        }
        #expect(findings.map(\.rule) == ["keepalive-cycle"])
        let finding = try #require(findings.first)
        #expect(finding.library == "/opt/demo/libnv.so")
        #expect(finding.message.hasPrefix("since the dlclose of libuser.so (event 13) libnv.so"))
        #expect(
            finding.detail.first == """
                the cycle: libnv.so has libres.so open (event 9); libres.so needs libnv.so
                """)
        #expect(Set(finding.evidence.map(\.role)) == ["close", "open"])
    }

    @Test("a library that can't be unloaded is in no keep-alive cycle")
    func pinned() throws {
        let names = try Asking.names { fixture in
            try cycle(fixture, keeperFlags: 8) { try $0.killed(by: 9) }
        }
        #expect(names == [])
    }

    @Test("an outside user that came back keeps the library")
    func cameBack() throws {
        let names = try Asking.names { fixture in
            try cycle(fixture) { fixture in
                let main = try fixture.stack(FixtureFrame(fixture.host, 0x130, "main"))
                try fixture.open("libuser.so", from: main) {
                    try fixture.library(
                        "/opt/demo/libuser.so", base: 0x7f00_1000_0000, soname: "libuser.so",
                        needs: ["libnv.so"])
                }
                try fixture.killed(by: 9)
            }
        }
        #expect(names == [])
    }

    @Test("a fault in a finalized library is a use after fini, and nothing was unmapped")
    func afterFini() throws {
        let findings = try Asking.findings { fixture in
            try fixture.start()
            var plugin = fixture.host
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            try fixture.open("libplug.so", from: main) {
                plugin = try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
                return plugin
            }
            try fixture.exit {
                try fixture.fini(plugin, phase: "exit-fini")
                try fixture.fault(
                    at: 0,
                    pc: 0x7f00_4000_0500,
                    stack: try fixture.stack(
                        FixtureFrame(plugin, 0x500, "callback"), isExact: true))
            }
            try fixture.killed(by: 11)
        }
        #expect(findings.map(\.rule) == ["use-after-fini"])
        let finding = try #require(findings.first)
        #expect(finding.message.contains("in callback of libplug.so"))
        #expect(finding.message.contains("nothing was unmapped during this exit"))
        #expect(finding.evidence.map(\.role) == ["fault", "destructor", "open"])
    }

    @Test("libraries that need each other, and the order in which they were finalized")
    func finiCycle() throws {
        let findings = try Asking.findings { fixture in
            try fixture.start()
            var yin = fixture.host
            var yang = fixture.host
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            try fixture.open("libyin.so", from: main) {
                yin = try fixture.library(
                    "/opt/demo/libyin.so", base: 0x7f00_4000_0000, soname: "libyin.so",
                    needs: ["libyang.so", "libc.so.6"])
                yang = try fixture.library(
                    "/opt/demo/libyang.so", base: 0x7f00_5000_0000, soname: "libyang.so",
                    needs: ["libyin.so"])
                return yin
            }
            try fixture.close(yin, from: main) {
                try fixture.fini(yang, phase: "dlclose")
                try fixture.fini(yin, phase: "dlclose")
                try fixture.unload(yin)
                try fixture.unload(yang)
            }
            try fixture.exit()
            try fixture.bye()
        }
        #expect(findings.map(\.rule) == ["fini-cycle"])
        #expect(findings.first?.message.hasPrefix("libyang.so, then libyin.so") == true)
        #expect(
            findings.first?.detail.first
                == "the cycle: libyang.so needs libyin.so; libyin.so needs libyang.so")
    }

    @Test("ten loads and unloads are churn, nine are not", arguments: [(9, 0), (10, 1)])
    func churn(_ times: Int, _ count: Int) throws {
        let findings = try Asking.findings { fixture in
            try fixture.start()
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            for _ in 0..<times {
                var plugin = fixture.host
                try fixture.open("libplug.so", from: main) {
                    plugin = try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
                    return plugin
                }
                try fixture.close(plugin, from: main) { try fixture.unload(plugin) }
            }
            try fixture.exit()
            try fixture.bye()
        }
        #expect(findings.count == count)
        #expect(findings.allSatisfy { $0.message.contains("was loaded 10 times") })
    }

    private static func churnInAChild(_ fixture: TraceFixture) throws {
        try fixture.start()
        try fixture.start(forkedFrom: 1)
        let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
        for _ in 0..<10 {
            var plugin = fixture.host
            try fixture.open("libplug.so", from: main) {
                plugin = try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
                return plugin
            }
            try fixture.close(plugin, from: main) { try fixture.unload(plugin) }
        }
        try fixture.exit()
        try fixture.bye()
    }

    @Test("loads and unloads by code that a forked child came with are as ordinary as any")
    func churnInAChild() throws {
        #expect(try Asking.findings(Self.churnInAChild).map(\.rule) == ["load-churn"])
        let (_, fixture) = try Asking.analyzer(Self.churnInAChild)
        try TraceIndexes.complete(in: fixture.path)
        let kept = try TraceDatabase(path: fixture.path).read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM digest_library WHERE process_id = 2")
        }
        #expect(kept == 0)
    }

    @Test("what was lost, and a child of which nothing arrived, is told by a digest, too")
    func rareEvents() throws {
        let scenario = { (fixture: TraceFixture) in
            try fixture.start()
            try fixture.event("lost", value: 7)
            try fixture.event("fork", address: 999, value: 4811)
            try fixture.bye()
            try fixture.start("/opt/demo/other")
            try fixture.bye()
        }
        #expect(try Asking.findings(scenario).isEmpty)
        let (_, fixture) = try Asking.analyzer(scenario)
        try TraceIndexes.complete(in: fixture.path)
        let processes = try Analyzer(TraceDatabase(path: fixture.path))
            .analyze(.all, rules: .builtIn()).processes
        #expect(processes.map(\.lostRecords) == [7, 0])
        #expect(processes.map(\.silentChildren) == [1, 0])
    }

    @Test("RTLD_DEEPBIND counts where it loads a library, not where one is there")
    func deepbind() throws {
        let findings = try Asking.findings { fixture in
            try fixture.start()
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            let again = try fixture.stack(FixtureFrame(fixture.host, 0x140, "main"))
            try fixture.open("libc.so.6", flags: 10, from: main) { fixture.libc }
            try fixture.open("libplug.so", flags: 10, from: again) {
                try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
            }
            try fixture.killed(by: 9)
        }
        #expect(findings.map(\.rule) == ["deepbind-load"])
        #expect(findings.first?.library == "/opt/demo/libplug.so")
    }

    @Test("a fault at an address of two unloaded libraries names both, newest first")
    func twoGenerations() throws {
        let findings = try Asking.findings { fixture in
            try fixture.start()
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            var plugin = fixture.host
            for name in ["libold.so", "libnew.so"] {
                try fixture.open(name, from: main) {
                    plugin = try fixture.library("/opt/demo/\(name)", base: 0x7f00_4000_0000)
                    return plugin
                }
                try fixture.close(plugin, from: main) { try fixture.unload(plugin) }
            }
            try fixture.fault(
                at: 0x7f00_4000_0500,
                stack: try fixture.stack(
                    FixtureFrame(plugin, 0x500), FixtureFrame(fixture.host, 0x1a0, "main"),
                    isExact: true))
            try fixture.killed(by: 11)
        }
        #expect(findings.map(\.rule) == ["use-after-unload"])
        #expect(findings.first?.library == "/opt/demo/libnew.so")
        let tenants = try #require(findings.first?.detail.last)
        #expect(tenants.contains("newest first: libnew.so (loaded"))
        #expect(tenants.contains("; libold.so (loaded"))
    }
}
