// SPDX-License-Identifier: Apache-2.0

import Testing

/// What a shell completes.
@Suite("Completions", .serialized)
struct CompletionTests {
    @Test(
        "bash completes commands, rules and formats", .timeLimit(.minutes(15)),
        arguments: [
            (["dltrace", "exp"], ["explain", "export"]),
            (["dltrace", "explain", "dlclose-in-d"], ["dlclose-in-destructor"]),
            (["dltrace", "report", "--format", "s"], ["suppressions"]),
            (["dltrace", "report", "--suppress", "/etc/passw"], ["/etc/passwd"]),
        ])
    func bash(_ words: [String], _ expected: [String]) throws {
        let workspace = try Workspace()
        let line = words.joined(separator: " ")
        let script = """
            PATH=${0%/*}:$PATH
            source <("$0" --generate-completion-script bash)
            COMP_WORDS=(\(line)) COMP_CWORD=\(words.count - 1) COMP_LINE='\(line)' COMP_POINT=\(line.count)
            _dltrace dltrace '\(words[words.count - 1])' '\(words[words.count - 2])'
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let outcome = try Command(
            executable: "/bin/bash",
            arguments: ["-c", script, try Products.require(Products.dltrace)],
            environment: workspace.plainEnvironment
        ).run(in: workspace)
        let found = Set(outcome.output.split(separator: "\n").map(String.init))
        #expect(found.isSuperset(of: expected), "\(outcome)")
        #expect(found.allSatisfy { $0.hasPrefix(words[words.count - 1]) }, "\(outcome)")
    }
}
