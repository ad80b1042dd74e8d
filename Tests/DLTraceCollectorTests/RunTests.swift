// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite("dltrace run", .serialized, .timeLimit(.minutes(15)))
struct RunTests {
    @Test(
        "The program's exit status is dltrace's, and its output is its own",
        arguments: [0, 1, 77, 255])
    func status(_ status: Int32) throws {
        let command = try Command()
        let run = try command.run(
            ["run", "-q", "--", "sh", "-c", "cat; echo two >&2; exit \(status)"], input: "one\n")
        #expect(run.status == status)
        #expect(run.stdout == "one\n")
        #expect(run.stderr.contains("two\n"))
        #expect(command.folder.names("run/dltrace") == [])
        #expect(command.folder.names("state/dltrace/spill") == [])
        #expect(command.folder.names("state/dltrace") == ["dltrace.db", "spill"])
    }

    @Test(
        "A program that a signal kills takes dltrace along by the same signal",
        arguments: [
            SIGKILL, SIGTERM, SIGSEGV, SIGPIPE, SIGINT,
        ])
    func killed(_ signal: Int32) throws {
        let run = try Command().run(["run", "--", "sh", "-c", "kill -\(signal) $$"])
        #expect(run.signal == signal)
        #expect(run.status == nil)
    }

    @Test("What can't be run is told apart as env(1) does")
    func notRun() throws {
        let command = try Command()
        let missing = try command.run(["run", "--", "no-such-program"])
        #expect(missing.status == 127)
        #expect(
            missing.stderr == "dltrace: cannot run 'no-such-program': No such file or directory\n")
        let plain = try command.folder.write("plain")
        #expect(try command.run(["run", "--", plain]).status == 126)
        let orphan = try command.folder.write("orphan", Array("#!/no/such\n".utf8), mode: 0o700)
        #expect(try command.run(["run", "--", orphan]).status == 127)
        #expect(try command.run(["run"]).status == 64)
        #expect(try command.run(["run", "--no-such-option", "true"]).status == 64)
        let help = try command.run(["run", "--help"])
        #expect(help.status == 0)
        #expect(help.stdout.contains("USAGE: dltrace run"))
    }

    @Test("A script without a first line is run by the shell, with its arguments")
    func bareScript() throws {
        let command = try Command()
        let script = try command.folder.write("s", Array("echo $0 $#\n".utf8), mode: 0o700)
        #expect(try command.run(["run", "-q", "--", script, "a", "b c"]).stdout == "\(script) 2\n")
    }

    @Test("A program and arguments that are not UTF-8 are the program's, byte for byte")
    func bytes() throws {
        let command = try Command()
        let run = try command.runShell(
            #"""
            odd=$(printf 'p\303\251\377\300')
            mkdir "$odd" && cp /usr/bin/printenv "$odd/$odd" || exit
            printf '#!/bin/sh\nprintf "%%s;" "$0" "$@"' > "$odd/s" && chmod +x "$odd/s" || exit
            plain=$("./$odd/s" "$odd" x)
            test "$("$0" run -q -- "./$odd/s" "$odd" x)" = "$plain" && echo "same"
            case $(LD_PRELOAD="/$odd.so" "$0" run -q -- "$odd/$odd" LD_PRELOAD) in
            *":/$odd.so") echo "kept" ;;
            esac
            PATH="$PATH:./$odd" "$0" run -q -- "$odd" HOME
            "$0" run -q -- "$odd/none"
            """#)
        #expect(run.stdout == "same\nkept\n\(command.folder.path)\n", "\(run.stderr)")
        #expect(run.status == 127, "\(run.stderr)")
    }

    @Test("Options after the program's name are the program's, as is a second --")
    func passThrough() throws {
        let run = try Command().run(["run", "-q", "echo", "-q", "--", "--quiet", "--help"])
        #expect(run.stdout == "-q -- --quiet --help\n")
    }

    @Test("The program finds its environment, with what the tracer needs")
    func environment() throws {
        let command = try Command()
        let run = try command.run(
            ["run", "-q", "--", "env"], adding: ["LD_PRELOAD": "libm.so.6", "ODD": "=\u{1}é"])
        let lines = Set(run.stdout.split(separator: "\n"))
        #expect(lines.contains("LD_PRELOAD=\(command.folder / "libdltrace.so"):libm.so.6"))
        #expect(lines.contains("ODD==\u{1}é"))
        #expect(
            lines.contains { $0.hasPrefix("DLTRACE_PIPE=\(command.folder / "run/dltrace/run-")") })
        #expect(
            lines.contains {
                $0.hasPrefix("DLTRACE_SPILL=\(command.folder / "state/dltrace/spill/run-")")
            })
    }

    @Test("Experiments are handed to the program by its environment, pins besides those there")
    func experiments() throws {
        let command = try Command()
        let names = ["DLTRACE_QUARANTINE", "DLTRACE_CENSUS", "DLTRACE_PIN"]
        func variables(_ arguments: [String], pin: String? = nil) throws -> [String] {
            let run = try command.run(
                ["run", "-q"] + arguments + ["--", "env"],
                adding: pin.map { ["DLTRACE_PIN": $0] } ?? [:])
            return run.stdout.split(separator: "\n").map(String.init)
                .filter { line in names.contains { line.hasPrefix($0) } }.sorted()
        }
        #expect(try variables([]) == [])
        #expect(
            try variables(["--quarantine", "--census", "--pin", "libx*", "--pin", "/a b/?.so"])
                == ["DLTRACE_CENSUS=1", "DLTRACE_PIN=libx*:/a b/?.so", "DLTRACE_QUARANTINE=1"])
        #expect(try variables(["--pin", "b"], pin: "a") == ["DLTRACE_PIN=a:b"])
        #expect(try variables([], pin: "a") == ["DLTRACE_PIN=a"])
        for odd in ["", "a:b", String(repeating: "a", count: 4_096)] {
            #expect(try command.run(["run", "--pin", odd, "--", "env"]).status == 64)
        }
    }

    @Test("A program is run as often as asked, and the first failure is the exit status")
    func repeated() throws {
        let command = try Command()
        let script = "echo x >>runs; n=$(wc -l <runs); test $n -ne 3 || kill -9 $$; exit $((n / 2))"
        let run = try command.run(["run", "-q", "--repeat", "5", "--", "sh", "-c", script])
        #expect(run.status == 1)
        #expect(try String(contentsOfFile: command.folder / "runs", encoding: .utf8).count == 10)
        let killed = try command.run(["run", "-q", "--repeat", "2", "--", "sh", "-c", "kill -9 $$"])
        #expect(killed.signal == SIGKILL)
        #expect(try command.run(["run", "-q", "--repeat", "3", "--", "true"]).status == 0)
        #expect(try command.run(["run", "--repeat", "0", "--", "true"]).status == 64)
        #expect(command.folder.names("run/dltrace") == [])
        #expect(command.folder.names("state/dltrace/spill") == [])
    }

    @Test("Each of several runs starts with the same signals and descriptors")
    func repeatedDispositions() throws {
        let command = try Command()
        let look = "sh -c 'grep -E \"Sig(Blk|Ign)\" /proc/self/status; ls /proc/self/fd; echo ='"
        let run = try command.runShell("trap '' HUP CHLD; \"$0\" run -q --repeat 3 -- \(look)")
        let parts = run.stdout.split(separator: "=\n")
        #expect(parts.count == 3)
        #expect(parts.first?.hasPrefix("SigBlk:\t0000000000000000\n") == true)
        #expect(Set(parts).count == 1, "\(run.stdout)")
    }

    @Test("There is no further run once dltrace is told to end")
    func repeatedUntilInterrupted() throws {
        let running = try Command().start([
            "run", "-q", "--repeat", "1000000", "--", "sh", "-c",
            "trap 'kill $!; exit 0' TERM; sleep 1000 & echo ready; wait",
        ])
        #expect(becomesTrue { running.stdout == "ready\n" })
        running.child.send(SIGTERM)
        try running.child.wait()
        #expect(running.status == 0)
        #expect(running.stdout == "ready\n")
    }

    @Test("A signal that a program sends to its whole group does not end the repetition")
    func repeatedWithGroupSignals() throws {
        let run = try Command().runShell(
            """
            setsid -w "$0" run -q --repeat 3 -- \
                sh -c 'trap "" TERM; echo run; kill -TERM 0; sleep 0.1'
            """)
        #expect(run.stdout == "run\nrun\nrun\n")
    }

    @Test("A suppression file that is not in order is told before the program is run")
    func badSuppressions() throws {
        let command = try Command()
        let file = try command.folder.write("bad.supp", Array("# fine\nleaked-open\n".utf8))
        let run = try command.run(
            ["run", "--suppress", file, "--", "touch", command.folder / "ran"])
        #expect(run.status == 78)
        #expect(run.stderr.hasPrefix("dltrace: \(file):2: no library behind 'leaked-open'"))
        #expect(!FileManager.default.fileExists(atPath: command.folder / "ran"))
    }

    @Test("Ignored signals stay ignored, none is blocked, and no descriptor is left open")
    func dispositions() throws {
        let command = try Command()
        // A shell ignores signals for its children: dltrace is one of them.
        let look = "sh -c 'grep -E \"Sig(Blk|Ign)\" /proc/self/status; ls /proc/self/fd'"
        let run = try command.runShell(
            "trap '' HUP USR2; \(look); echo =; \"$0\" run -q -- \(look)")
        // posix_spawn(3) of glibc 2.36 has signals 32 and 33 ignored, which are glibc's own.
        let halves = run.stdout.replacing("0000000180", with: "0000000000").split(separator: "=\n")
        #expect(halves.count == 2)
        #expect(halves.first?.hasPrefix("SigBlk:\t0000000000000000\n") == true)
        #expect(halves.first == halves.last)
    }

    @Test(
        "A signal sent to dltrace reaches the program",
        arguments: [
            SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGINT,
        ])
    func forwarded(_ signal: Int32) throws {
        let running = try Command().start([
            "run", "-q", "--", "sh", "-c",
            "trap 'kill $!; exit 9' \(signal); sleep 1000 & echo ready; wait",
        ])
        #expect(becomesTrue { running.stdout == "ready\n" })
        running.child.send(signal)
        try running.child.wait()
        #expect(running.status == 9)
    }

    @Test("Two at once into one database both work")
    func concurrent() throws {
        let command = try Command()
        let runs = try (0..<8).map { number in
            try command.start(["run", "-q", "--", "sh", "-c", "exit \(number)"])
        }
        for (number, run) in runs.enumerated() {
            try run.child.wait()
            #expect(run.status == Int32(number), "\(run.stderr)")
        }
        #expect(
            try Trace(command.folder / "state/dltrace/dltrace.db").number("PRAGMA quick_check(1)")
                == 0)
    }

    @Test("What can't be traced is said in one line, and run all the same")
    func untraceable() throws {
        let command = try Command()
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
        let offset = Int(bytes[32]) | Int(bytes[33]) << 8
        let segment = try #require((0..<Int(bytes[56])).first { bytes[offset + $0 * 56] == 3 })
        bytes[offset + segment * 56] = 0
        let path = try command.folder.write("bound", bytes, mode: 0o700)
        let run = try command.run(["run", "-q", "--", path])
        #expect(run.stderr.hasPrefix("dltrace: cannot trace \(path): it is linked statically"))
    }

    @Test("A foreign file is no database, and the program is not run then")
    func foreignDatabase() throws {
        let command = try Command()
        let file = try command.folder.write(
            "notes.txt", Array("my notes, by no means a trace\n".utf8))
        let run = try command.run(["run", "-o", file, "--", "touch", command.folder / "ran"])
        #expect(run.status == 76)
        #expect(!FileManager.default.fileExists(atPath: command.folder / "ran"))
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("my notes"))
    }

    @Test("Another database has its spill folder beside it, and is the only other file")
    func otherDatabase() throws {
        let command = try Command()
        let run = try command.run(["run", "-q", "-o", "here.db", "--", "env"])
        #expect(run.stdout.contains("DLTRACE_SPILL=\(command.folder / "here.db.spill/run-")"))
        #expect(command.folder.names().filter { $0.hasPrefix("here") } == ["here.db"])
    }

    @Test("A missing library is said in two lines")
    func noLibrary() throws {
        let run = try Command().run(
            ["run", "--", "true"], adding: ["DLTRACE_LIBRARY": "/no/libdltrace.so"])
        #expect(run.status == 72)
        #expect(run.stderr.split(separator: "\n").count == 2)
    }
}
