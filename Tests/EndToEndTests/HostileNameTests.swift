// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Names that a program chooses must not reach a terminal, a page or another program as commands.
@Suite("Hostile names", .serialized)
struct HostileNameTests {
    /// ESC, CSI as one character (C1), a bidirectional override, DEL, a new line, invalid UTF-8.
    private static let nasty: [UInt8] =
        Array("a\u{1b}[31m\u{1b}]0;owned\u{7}\u{9b}2J\u{202e}gpj\u{7f}\n<script>x<b>".utf8)
        + [0xff, 0xc0]

    /// Everything that is no text: a terminal obeys it, or shows another thing than is there.
    private static func harmful(_ data: Data) -> [String] {
        guard let text = String(validating: data, as: UTF8.self) else {
            return ["not UTF-8"]
        }
        // A line of CSV ends so.
        return text.replacing("\r\n", with: "\n").unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x0a: false
            case 0..<0x20, 0x7f..<0xa0, 0x200b...0x200f, 0x202a...0x202e, 0x2066...0x2069: true
            default: false
            }
        }.map { "U+" + String($0.value, radix: 16) }
    }

    @Test("every command and format shows them escaped", .timeLimit(.minutes(15)))
    func everyCommand() throws {
        let workspace = try Workspace()
        let script = """
            set -e
            odd=$(printf '\(Self.nasty.map { "\\" + String($0, radix: 8) }.joined())')
            folder="$1/$odd"
            mkdir "$folder"
            cp "$2"/lib*.so "$folder"
            for name in stale-call dlopen-fails environ-dangling; do
                cp "$2/$name-plain" "$folder/$odd$name"
                LD_PRELOAD="$DLTRACE_LIBRARY" "$folder/$odd$name" "$odd" >/dev/null 2>&1 || true
            done
            printf '# %s\\nuse-after-unload %s *\\n' "$odd" "$odd" > "$1/suppressions"
            printf 'not a suppression %s\\n' "$odd" > "$1/bad"
            mkdir "$1/rules"
            printf -- '-- title: %s\\n-- severity: note\\nSELECT %s\\n' "$odd" "$odd" > "$1/rules/$odd.sql"
            printf 'junk %s' "$odd" > "$1/$odd.db"
            """
        let victims = URL(fileURLWithPath: try Victim.named("stale-call").path())
            .deletingLastPathComponent().path
        let made = try Command(
            executable: "/bin/bash",
            arguments: [
                "-c", script, "bash", workspace.path, victims,
            ],
            environment: workspace.environment
        ).run(in: workspace)
        #expect(made.ending == .exited(0), "\(made)")
        #expect(try workspace.report().processes.count >= 3)

        let odd = String(decoding: Self.nasty.dropLast(2), as: UTF8.self)
        let files = "\(workspace.path)/"
        var lines = [
            ["report", "--process", "all"], ["report", "--process", "all", "--format", "json"],
            ["report", "--process", "all", "--format", "suppressions"],
            ["report", "--process", "all", "--suppress", files + "suppressions", "-v"],
            ["report", "--suppress", files + "bad"], ["report", "--suppress", odd],
            ["report", "--rules", files + "rules"], ["report", "--rule", odd],
            ["report", "--process", odd], ["report", odd],
            ["processes"], ["processes", "--format", "json"],
            ["events", "--process", "all"], ["events", "--process", "all", "--format", "json"],
            ["events", "--kind", odd], ["events", "--library", odd],
            ["why", "--process", "1", "liba.so"],
            ["why", "--process", "1", "liba.so", "--format", "json"],
            ["why", odd],
            ["addr", "--process", "1", "400000", "7f0000000000"], ["addr", odd],
            ["core", odd], ["diff", "1", "2"], ["diff", "1", "2", "--format", "json"],
            ["diff", odd, "1"],
            ["explain", odd],
            ["export", "--process", "all", "--format", "ndjson"],
            ["prune", "--process", "all", "--dry-run"],
            ["prune", "--process", "all", "--dry-run", "--format", "json"],
            ["report", "--database", files + odd],
            ["run", "--database", files + odd, "--", "/bin/true"],
            ["run", "--", files + odd], [odd],
        ]
        for format in ["text", "json", "csv"] {
            for sql in [
                "SELECT path AS \"\(odd)\", executable FROM process_summary, library_life",
                "SELECT executable, arguments, stream AS \"\(odd)\" FROM process",
                "SELECT value FROM text", "SELECT \(odd)",
            ] {
                lines.append(["query", "--format", format, sql])
            }
        }
        for line in lines {
            let outcome = try workspace.dltrace(line)
            #expect(Self.harmful(outcome.stdout) == [], "\(outcome)")
            #expect(Self.harmful(outcome.stderr) == [], "\(outcome)")
            #expect(outcome.ending != .overdue, "\(outcome)")
        }
        let report = try workspace.dltrace(["report", "--process", "all"])
        #expect(report.output.contains("a\\x1b[31m"), "\(report)")
        // Neither is a line of an answer one that a name made up.
        for line in lines {
            let outcome = try workspace.dltrace(line)
            #expect(!outcome.output.contains("\n<script>"), "\(outcome)")
            #expect(!outcome.errors.contains("\n<script>"), "\(outcome)")
        }
    }
}
