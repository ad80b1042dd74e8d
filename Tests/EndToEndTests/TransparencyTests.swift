// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A program can't tell that it is traced.
@Suite("Transparency", .serialized)
struct TransparencyTests {
    @Test(
        "each of gcc's builds of a victim behaves the same with libdltrace.so preloaded",
        .timeLimit(.minutes(15)), arguments: Victim.all)
    func samePreloadedByGCC(victim: Victim) throws {
        try expectSame(victim, "gcc")
    }

    @Test(
        "each of clang's builds of a victim behaves the same with libdltrace.so preloaded",
        .timeLimit(.minutes(15)),
        .enabled(if: Victim.hasClang, "clang is not installed"), arguments: Victim.all)
    func samePreloadedByClang(victim: Victim) throws {
        try expectSame(victim, "clang")
    }

    private func expectSame(_ victim: Victim, _ compiler: String) throws {
        let workspace = try Workspace()
        for variant in Victim.variants {
            let program = try victim.path(compiler, variant)
            let plain = try workspace.plain(program)
            let traced = try workspace.preload(program)
            #expect(traced.stdout == plain.stdout, "\(variant): \(plain)\n\(traced)")
            #expect(traced.stderr == plain.stderr, "\(variant): \(plain)\n\(traced)")
            #expect(traced.ending == plain.ending, "\(variant): \(plain)\n\(traced)")
            #expect(plain.words == victim.expected, "\(variant): \(plain)")
        }
    }

    @Test(
        "a victim behaves the same under dltrace run",
        .timeLimit(.minutes(15)), arguments: Victim.all)
    func sameUnderRun(victim: Victim) throws {
        let workspace = try Workspace()
        let plain = try workspace.plain(victim.path())
        let traced = try workspace.trace(victim.path())
        #expect(traced.stdout == plain.stdout, "\(plain)\n\(traced)")
        #expect(traced.errors.hasPrefix(plain.errors), "\(plain)\n\(traced)")
        #expect(traced.ending == plain.ending, "\(plain)\n\(traced)")
    }

    @Test(
        "dltrace run hands on signal mask, dispositions, limits, descriptors and folder",
        .timeLimit(.minutes(15)))
    func sameSurroundings() throws {
        let workspace = try Workspace()
        // Signals 32 and 33 are glibc's own, and its posix_spawn ignores them; the tracer's one
        // descriptor has a number above all that programs use.
        let script = """
            while read -r name value; do
              case $name in
              SigBlk: | SigIgn:) echo "$name $((0x$value & 0x7fffffff))" ;;
              esac
            done </proc/self/status
            ulimit -a; umask; nice; pwd; ls /proc/self/fd | grep -vE '^[0-9]{4,}$'
            """
        let plain = try workspace.plain("/bin/bash", ["-c", script])
        let traced = try workspace.trace("/bin/bash", ["-c", script])
        #expect(traced.stdout == plain.stdout, "\(plain)\n\(traced)")
        #expect(plain.output.contains("SigBlk"), "\(plain)")
    }

    @Test(
        "a signal sent to dltrace run reaches the program, whose end is dltrace's",
        .timeLimit(.minutes(15)))
    func signalsPassOn() throws {
        let workspace = try Workspace()
        let script = "trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.01; done"
        let running = try Command(
            executable: Products.require(Products.dltrace),
            arguments: ["run", "--", "/bin/bash", "-c", script], environment: workspace.environment
        ).start(in: workspace)
        let isReady = poll(.seconds(20)) {
            (try? String(contentsOfFile: running.stdout, encoding: .utf8)) == "ready\n"
        }
        #expect(isReady)
        running.signal(SIGTERM)
        let outcome = try running.wait(.seconds(20))
        #expect(outcome.output == "ready\ncaught\n", "\(outcome)")
        #expect(outcome.ending == .exited(5), "\(outcome)")
    }

    @Test(
        "DLTRACE_DISABLE=1 leaves a program alone and records nothing", .timeLimit(.minutes(15)))
    func disabled() throws {
        let workspace = try Workspace()
        let victim = try Victim.named("well-behaved")
        var command = Command(executable: try victim.path())
        command.environment = workspace.preloadedEnvironment
        command.environment["DLTRACE_DISABLE"] = "1"
        let outcome = try command.run(in: workspace)
        #expect(outcome.words == victim.expected, "\(outcome)")
        let spilled = try? FileManager.default.contentsOfDirectory(atPath: workspace.spillFolder)
        #expect((spilled ?? []).isEmpty)
    }
}
