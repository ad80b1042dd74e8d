// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// What the rules find in a scenario, and what they leave alone.
@Suite("Rules")
struct RuleTests {
    @Test("a program that closes what it opens has no finding")
    func clean() throws {
        #expect(try Asking.names { try $0.clean() } == [])
    }

    @Test("a dlclose in a destructor beneath a dlclose is a warning about both libraries")
    func closedByTheProgram() throws {
        let findings = try Asking.findings { try $0.closedByTheProgram() }
        #expect(findings.map(\.rule) == ["dlclose-in-destructor", "deferred-unload"])
        let finding = try #require(findings.first)
        #expect(finding.severity == .warning)
        #expect(finding.library == "/opt/demo/libres.so")
        #expect(
            finding.message == """
                the static destructor Holder::~Holder() of libuser.so calls dlclose on libres.so while \
                a dlclose finalizes libuser.so (phase dlclose); glibc deferred it, and the dlclose \
                around it unloaded libres.so
                """)
        #expect(finding.evidence.map(\.role) == ["close", "destructor", "close", "open"])
        #expect(finding.evidence.map(\.event) == [16, 15, 12, 8])
        #expect(finding.evidence[0].stack.map(\.symbol) == ["Holder::~Holder()", "main"])
        #expect(finding.evidence[1].stack.first?.symbol == "Holder::~Holder()")
        #expect(finding.remedies.contains { $0.contains("beneath a dlclose") == false })
    }

    @Test("the same in a forked child names the parent's open")
    func closedInAForkedChild() throws {
        let findings = try Asking.findings { try $0.closedInAForkedChild() }
        #expect(findings.map(\.rule) == ["dlclose-in-destructor", "deferred-unload"])
        let open = try #require(findings.first?.evidence.last)
        #expect(findings.first?.process == 2)
        #expect(open.role == "open")
        #expect(open.process == 1)
        #expect(open.stack.map(\.symbol) == ["Holder::Holder()", "main"])
    }

    @Test("among the exit handlers it unloads at once: a warning")
    func closedAtExit() throws {
        let findings = try Asking.findings { try $0.closedAtExit() }
        #expect(
            findings.map { "\($0.severity.rawValue) \($0.rule)" } == [
                "warning dlclose-in-destructor", "note leaked-open",
            ])
        #expect(findings.first?.message.contains("phase exit-handlers") == true)
        #expect(findings.first?.evidence.first?.phase == "exit-handlers")
        #expect(findings.first?.remedies.contains { $0.contains("helps at exit only") } == true)
    }

    @Test("in the loader's own pass nothing is unloaded: a note, and no other word about it")
    func closedInTheProtectedPass() throws {
        let names = try Asking.names { try $0.closedInTheProtectedPass() }
        #expect(names == ["note dlclose-in-destructor", "note leaked-open"])
    }

    @Test("a keep-alive cycle: the library that unloaded itself, and the crash")
    func keepAliveCycle() throws {
        let findings = try Asking.findings { try $0.keepAliveCycle() }
        #expect(
            findings.map { "\($0.severity.rawValue) \($0.rule)" } == [
                "error keepalive-cycle", "error self-unload", "error use-after-unload",
                "warning dlclose-in-destructor",
            ])
        let own = try #require(findings.first { $0.rule == "self-unload" })
        #expect(own.library == "/opt/demo/libnv.so")
        #expect(own.message.contains("libres.so"))
        #expect(own.detail.first?.contains("only libres.so needed libnv.so") == true)
        #expect(own.detail.last?.contains("libuser.so") == true)
        #expect(own.evidence.map(\.role) == ["close", "destructor", "close", "open"])
    }

    @Test("a stale call: the place, who unloaded it and who opened it")
    func staleCall() throws {
        let findings = try Asking.findings { try $0.staleCall() }
        #expect(findings.map(\.rule) == ["use-after-unload"])
        let finding = try #require(findings.first)
        #expect(
            finding.message == """
                SIGSEGV in thread 4711: it runs at 0x7f0040000500, which was plugin_callback+0x0 \
                (libplug.so+0x500); libplug.so was unloaded 2000 ns before
                """)
        #expect(finding.evidence.map(\.role) == ["fault", "close", "open"])
        #expect(finding.evidence[0].stack.first?.state == .unloaded)
        #expect(finding.evidence[1].stack.map(\.symbol) == ["unload_plugin", "main"])
        #expect(finding.evidence[2].stack.map(\.symbol) == ["load_plugin", "main"])
    }

    @Test("a fault where another library lies by now is not a use after unload")
    func reusedAddress() throws {
        #expect(try Asking.names { try $0.reusedAddress() } == [])
    }

    @Test("why a library stays after its last dlclose")
    func stays() throws {
        let findings = try Asking.findings { try $0.stays() }
        let reasons = findings.filter { $0.rule == "unload-ineffective" }.map(\.message)
        #expect(
            reasons == [
                "the last dlclose of liba.so left it loaded: 1 open of it is not closed, by host",
                "the last dlclose of libflag.so left it loaded: it was opened with RTLD_NODELETE"
                    + " (event 13)",
                "the last dlclose of libunique.so left it loaded: it defines a unique symbol"
                    + " (STB_GNU_UNIQUE), which pins it once it is bound",
                "the last dlclose of libneeded.so left it loaded: libneeds.so needs it",
                "the last dlclose of liblinked.so left it loaded: it is linked with -z nodelete"
                    + " (DF_1_NODELETE)",
                "the last dlclose of libwhy.so left it loaded: the trace does not show why",
                "the last dlclose of libc.so.6 left it loaded: it was there when the program started",
            ])
        #expect(findings.allSatisfy { $0.severity == .note })
        let leaks = findings.filter { $0.rule == "leaked-open" }.map(\.message)
        #expect(
            leaks == [
                "liba.so was opened and not closed before the process exited: once by host",
                "libneeds.so was opened and not closed before the process exited: once by host",
            ])
    }

    @Test("failures are grouped, and a question with RTLD_NOLOAD is none")
    func failures() throws {
        let findings = try Asking.findings { try $0.failures() }
        #expect(
            findings.map(\.message) == [
                "dlopen(\"libmissing.so\", RTLD_NOW) by host failed 3 times: libmissing.so: cannot open"
                    + " shared object file: No such file or directory"
            ])
        #expect(findings.first?.library == "libmissing.so")
    }
}
