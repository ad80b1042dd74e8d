// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The two ways in, and what becomes of the records in bad weather.
@Suite("Ways in", .serialized)
struct TransportTests {
    @Test("LD_PRELOAD alone: a spill file, taken in by the next command", .timeLimit(.minutes(15)))
    func spill() throws {
        let workspace = try Workspace()
        let victim = try Victim.named("engine-close")
        let outcome = try workspace.preload(victim.path())
        #expect(outcome.words == victim.expected, "\(outcome)")
        let spilled = try FileManager.default.contentsOfDirectory(atPath: workspace.spillFolder)
        #expect(spilled.count == 1, "\(spilled)")
        let attributes = try FileManager.default.attributesOfItem(
            atPath: "\(workspace.spillFolder)/\(spilled.first ?? "")")
        #expect(attributes[.posixPermissions] as? Int == 0o600)

        let report = try workspace.report()
        #expect(
            report.findings.map(\.rule) == ["dlclose-in-destructor", "deferred-unload"],
            "\(workspace.dump())")
        #expect(report.processes.map(\.complete) == [true], "\(workspace.dump())")
        let left = try FileManager.default.contentsOfDirectory(atPath: workspace.spillFolder)
        #expect(left.isEmpty, "\(left)")
        #expect(try workspace.report().processes.count == 1)
    }

    @Test("a program killed by SIGKILL: everything up to then", .timeLimit(.minutes(15)))
    func killed() throws {
        for isPreloaded in [true, false] {
            let workspace = try Workspace()
            let program = try Victim.named("killed").path()
            let outcome =
                try isPreloaded ? workspace.preload(program) : workspace.trace(program)
            #expect(outcome.ending == .signalled(SIGKILL), "\(outcome)")
            let opened = try workspace.events().filter { $0.kind == "dlopen" }
            #expect(opened.count == 2, "\(workspace.dump())")
            let processes = try workspace.report().processes
            #expect(processes.count == 1)
            #expect(processes.first?.lostRecords == 0)
        }
    }

    @Test("a daemon takes what preloaded programs send", .timeLimit(.minutes(15)))
    func daemon() throws {
        let workspace = try Workspace()
        let running = try startDaemon(workspace)
        let victim = try Victim.named("engine-close")
        for _ in 0..<3 {
            let outcome = try workspace.preload(victim.path())
            #expect(outcome.words == victim.expected, "\(outcome)")
        }
        // Nothing waits there for the next command.
        #expect(
            poll(.seconds(20)) {
                let left = try? FileManager.default.contentsOfDirectory(
                    atPath: workspace.spillFolder)
                return (left ?? []).isEmpty
            })

        running.signal(SIGTERM)
        let ended = try running.wait(.seconds(30))
        #expect(ended.ending == .exited(0), "\(ended)")
        let report = try workspace.report()
        #expect(report.processes.count == 3, "\(workspace.dump())")
        #expect(report.processes.allSatisfy { $0.complete }, "\(workspace.dump())")
        #expect(
            report.findings.map(\.rule) == Array(repeating: "dlclose-in-destructor", count: 3)
                + Array(repeating: "deferred-unload", count: 3))
    }

    @Test("a second daemon on the same pipe is refused in one clear line", .timeLimit(.minutes(15)))
    func secondDaemon() throws {
        let workspace = try Workspace()
        let first = try startDaemon(workspace)
        let second = try workspace.dltrace(["daemon"])
        guard case .exited(let status) = second.ending else {
            throw TestFailure("second daemon: \(second)")
        }
        #expect(status >= 70, "\(second)")
        #expect(second.errors.hasPrefix("dltrace: "), "\(second)")
        first.signal(SIGINT)
        let ended = try first.wait(.seconds(30))
        #expect(ended.ending == .exited(0), "\(ended)")
    }

    @Test("a daemon that is killed: programs go on, in their spill files", .timeLimit(.minutes(15)))
    func killedDaemon() throws {
        let workspace = try Workspace()
        let running = try startDaemon(workspace)
        let victim = try Victim.named("engine-close")
        _ = try workspace.preload(victim.path())
        running.signal(SIGKILL)
        _ = try running.wait(.seconds(10))
        let outcome = try workspace.preload(victim.path())
        #expect(outcome.words == victim.expected, "\(outcome)")
        let processes = try workspace.report().processes
        #expect(processes.contains { $0.pid == outcome.pid && $0.complete }, "\(workspace.dump())")
    }

    @Test("dltrace run passes arguments, input and exit status on", .timeLimit(.minutes(15)))
    func runPassesOn() throws {
        let workspace = try Workspace()
        let script = "printf '%s|' \"$0\" \"$@\"; echo err >&2; exit 42"
        let outcome = try workspace.trace("/bin/sh", ["-c", script, "zero", "a b", "--", "-x"])
        #expect(outcome.output == "zero|a b|--|-x|", "\(outcome)")
        #expect(outcome.ending == .exited(42), "\(outcome)")
        #expect(outcome.errors.hasPrefix("err\n"), "\(outcome)")
    }

    @Test("dltrace run of what is not there says so", .timeLimit(.minutes(15)))
    func runOfNothing() throws {
        let workspace = try Workspace()
        let outcome = try workspace.trace("/nowhere/program")
        guard case .exited(let status) = outcome.ending else {
            throw TestFailure("not run: \(outcome)")
        }
        #expect(status >= 70, "\(outcome)")
        #expect(outcome.errors.hasPrefix("dltrace: "), "\(outcome)")
        #expect(outcome.errors.contains("/nowhere/program"), "\(outcome)")
    }

    private func startDaemon(_ workspace: Workspace) throws -> RunningCommand {
        _ = try Products.require(Products.library)
        let running = try Command(
            executable: Products.require(Products.dltrace), arguments: ["daemon"],
            environment: workspace.environment
        ).start(in: workspace)
        let pipe = "\(workspace.path)/runtime/dltrace/pipe"
        let isReady = poll(.seconds(20)) {
            let descriptor = open(pipe, O_WRONLY | O_NONBLOCK)
            guard descriptor >= 0 else { return false }
            close(descriptor)
            return true
        }
        guard isReady else { throw TestFailure("the daemon does not read \(pipe)") }
        return running
    }

    @Test(
        "of a process that executes another program both ends are known", .timeLimit(.minutes(15)))
    func ends() throws {
        let program = try Victim.named("fork-exec-often").path()
        // Whether the collector looks between the exec and the end is chance.
        for _ in 0..<5 {
            let workspace = try Workspace()
            let traced = try workspace.trace(program)
            let endings = try workspace.dltrace(
                [
                    "query", "--format", "csv",
                    "SELECT ending, COUNT(*) FROM process_summary GROUP BY ending ORDER BY ending",
                ])
            #expect(
                endings.output == "ending,COUNT(*)\r\nexec,100\r\nexited,101\r\n",
                "\(traced)\(endings)")
        }
    }
}
