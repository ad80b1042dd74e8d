// SPDX-License-Identifier: Apache-2.0

import Testing

/// What dltrace records of a victim, against the victim's own words and glibc's account.
@Suite("Record", .serialized)
struct RecordTests {
    @Test(
        "loads, inits, finis and unloads are those of glibc's account",
        .timeLimit(.minutes(15)), arguments: Victim.all)
    func equalsGlibcAccount(victim: Victim) throws {
        let workspace = try Workspace()
        let program = try victim.path()

        // On stderr: some victims close every other descriptor.
        var untraced = Command(executable: program, environment: workspace.plainEnvironment)
        untraced.environment["LD_DEBUG"] = "files"
        let told = try untraced.run(in: workspace)
        #expect(told.ending == victim.ending, "\(told)")
        // A forked child that leaves by _exit is in neither account, if it has no effect.
        let nothing = GlibcAccount(events: [], programs: [])
        let expected = GlibcAccount.read(told.errors).filter { $0.account != nothing }
        #expect(expected.contains { !$0.account.inits.isEmpty })

        let traced = try workspace.trace(program)
        let recorded = accounts(of: try workspace.events(), programs: [program])
            .filter { $0 != nothing }
        #expect(recorded.count == expected.count, "\(traced)\n\(workspace.dump())")
        for (ours, theirs) in zip(recorded, expected) {
            if victim.isUnordered {
                #expect(ours.sorted == theirs.account.sorted, "\(traced)\n\(workspace.dump())")
            } else {
                #expect(ours == theirs.account, "\(traced)\n\(workspace.dump())")
            }
        }
    }

    @Test("the findings are those the victim says", .timeLimit(.minutes(15)), arguments: Victim.all)
    func findsWhatItSays(victim: Victim) throws {
        let workspace = try Workspace()
        let traced = try workspace.trace(victim.path())
        let report = try workspace.report()
        let found = Set(report.findings.map { "\($0.severity) \($0.rule)" }).sorted()
        #expect(found == victim.findings, "\(traced)\n\(workspace.dump())")
        for process in report.processes {
            #expect(process.lostRecords == 0, "\(process)")
            #expect(process.executable.hasSuffix("/\(victim.name)-plain"), "\(process)")
        }
        for finding in report.findings {
            #expect(!finding.message.isEmpty, "\(finding)")
            #expect(!finding.evidence.isEmpty, "\(finding)")
        }
    }

    private static let loader = "/lib64/ld-linux-x86-64.so.2"

    @Test(
        "a program that ld.so was told to start has its own name, not that of ld.so",
        .timeLimit(.minutes(15)), .enabled(if: isThere(loader), "ld.so is elsewhere"),
        arguments: ["plain", "nopie"])
    func startedByTheLoader(variant: String) throws {
        let workspace = try Workspace()
        let victim = try Victim.named("well-behaved")
        let program = try victim.path("gcc", variant)
        let traced = try workspace.trace(Self.loader, [program])
        #expect(traced.words == victim.expected, "\(traced)")
        let told = try workspace.events().filter { $0.path == program }.map(\.kind)
        #expect(told == ["present", "init", "fini", "fini_function", "fini_function"], "\(told)")
    }

    /// One account a process, in the order in which they began.
    private func accounts(of events: [TraceEvent], programs: Set<String>) -> [GlibcAccount] {
        var pids: [Int32] = []
        for event in events where !pids.contains(event.pid) {
            pids.append(event.pid)
        }
        return pids.map { pid in
            GlibcAccount(events: events.filter { $0.pid == pid }, programs: programs)
        }
    }
}
