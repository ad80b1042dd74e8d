// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of one test with its own state, runtime and home folders, so that the user's are never
/// touched. Removed at the end; kept with DLTRACE_TEST_KEEP=1.
final class Workspace {
    let path: String
    private var number = 0

    init() throws {
        let parent = FileManager.default.temporaryDirectory.path
        let template = strdup("\(parent)/dltrace-test-XXXXXX")
        defer { free(template) }
        guard let template, mkdtemp(template) != nil else {
            throw TestFailure("cannot make a folder in \(parent)")
        }
        path = String(cString: template)
        for folder in ["home", "state", "runtime"] where mkdir("\(path)/\(folder)", 0o700) != 0 {
            throw TestFailure("cannot make \(path)/\(folder)")
        }
    }

    deinit {
        if ProcessInfo.processInfo.environment["DLTRACE_TEST_KEEP"] == "1" {
            print("kept: \(path)")
        } else {
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    func nextNumber() -> Int {
        number += 1
        return number
    }

    /// What untraced programs get, the same everywhere.
    var plainEnvironment: [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "\(path)/home",
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
            "XDG_STATE_HOME": "\(path)/state",
            "XDG_RUNTIME_DIR": "\(path)/runtime",
        ]
    }

    /// What the dltrace command gets.
    var environment: [String: String] {
        plainEnvironment.merging(["DLTRACE_LIBRARY": Products.library]) { $1 }
    }

    /// What a program gets that is to be traced without `dltrace run`.
    var preloadedEnvironment: [String: String] {
        plainEnvironment.merging(["LD_PRELOAD": Products.library]) { $1 }
    }

    var spillFolder: String { "\(path)/state/dltrace/spill" }

    /// Runs the dltrace command.
    func dltrace(_ arguments: [String]) throws -> Outcome {
        let executable = try Products.require(Products.dltrace)
        return try Command(executable: executable, arguments: arguments, environment: environment)
            .run(in: self)
    }

    /// Runs a program under `dltrace run`.
    func trace(_ program: String, _ arguments: [String] = []) throws -> Outcome {
        _ = try Products.require(Products.library)
        return try dltrace(["run", "--", program] + arguments)
    }

    /// Runs a program with libdltrace.so preloaded and nothing else.
    func preload(_ program: String, _ arguments: [String] = []) throws -> Outcome {
        _ = try Products.require(Products.library)
        return try Command(
            executable: program, arguments: arguments, environment: preloadedEnvironment
        ).run(in: self)
    }

    /// Runs a program as if there were no dltrace.
    func plain(_ program: String, _ arguments: [String] = []) throws -> Outcome {
        try Command(executable: program, arguments: arguments, environment: plainEnvironment)
            .run(in: self)
    }

    /// The events recorded so far, oldest first.
    func events() throws -> [TraceEvent] {
        let outcome = try dltrace(["export", "--format", "ndjson"])
        guard outcome.ending == .exited(0) else { throw TestFailure("export: \(outcome)") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try outcome.output.split(separator: "\n").map {
            try decoder.decode(TraceEvent.self, from: Data($0.utf8))
        }
    }

    /// The report of every process recorded so far.
    func report(_ arguments: [String] = []) throws -> TraceReport {
        let outcome = try dltrace(["report", "--process", "all", "--format", "json"] + arguments)
        guard outcome.ending == .exited(0) else { throw TestFailure("report: \(outcome)") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(TraceReport.self, from: outcome.stdout)
    }

    /// For people to read when something failed.
    func dump() -> String {
        (try? dltrace(["events", "--process", "all"]).description) ?? "no events"
    }
}
