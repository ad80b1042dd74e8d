// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Numbers in words.
enum Words {
    /// An address as "0x…".
    static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

    /// The same of a number that is stored signed.
    static func hex(_ value: Int64) -> String { hex(UInt64(bitPattern: value)) }

    /// "1 record", "2 records".
    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// "1 process", "2 processes".
    static func processes(_ number: Int) -> String {
        "\(number) process\(number == 1 ? "" : "es")"
    }

    /// A list with its last two joined by "and".
    static func list(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Seconds with six digits behind the point.
    static func seconds(_ nanoseconds: Int64) -> String {
        let micros = nanoseconds.magnitude / 1000
        let digits = String(micros % 1_000_000)
        let sign = nanoseconds < 0 ? "-" : ""
        return "\(sign)\(micros / 1_000_000)." + String(repeating: "0", count: 6 - digits.count)
            + digits
    }

    /// A duration in the unit that suits it.
    static func duration(_ nanoseconds: Int64) -> String {
        switch nanoseconds.magnitude {
        case ..<10_000: "\(nanoseconds) ns"
        case ..<10_000_000: "\(nanoseconds / 1000) µs"
        case ..<10_000_000_000: "\(nanoseconds / 1_000_000) ms"
        default: "\(nanoseconds / 1_000_000_000) s"
        }
    }

    /// A number of bytes in the unit that suits it, which is that of `--max-size`.
    static func size(_ bytes: UInt64) -> String {
        var value = Double(bytes)
        for unit in ["", "K", "M", "G"] {
            if value < 1000 {
                guard !unit.isEmpty else { return "\(bytes) bytes" }
                let tenths = Int(value * 10)
                return value < 10 ? "\(tenths / 10).\(tenths % 10)\(unit)" : "\(tenths / 10)\(unit)"
            }
            value /= 1024
        }
        return "\(Int(value))T"
    }

    /// A signal's name on Linux.
    static func signal(_ number: Int64) -> String {
        let names = [
            "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE",
            "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
            "SIGSTKFLT",
            "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
            "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
        ]
        guard number >= 1, number <= names.count else { return "signal \(number)" }
        return names[Int(number) - 1]
    }

    /// How a process ended.
    static func ending(_ process: TracedProcess) -> String { ending(process.image) }

    /// How a process ended.
    static func ending(_ process: ProcessImage) -> String {
        ending(process.ending) + (process.coreDumped == true ? ", core dumped" : "")
    }

    /// The same of an end alone.
    static func ending(_ ending: ProcessEnding) -> String {
        switch ending {
        case .exited(nil): "exited"
        case .exited(let status?): "exited with status \(status)"
        case .killed(let signal): "killed by \(Self.signal(signal))"
        case .exec: "executed another program"
        case .gone: "is gone, nobody saw how"
        case .running: "no end seen: still running, or was when recording ended"
        }
    }

    /// "2 errors, 1 warning and 3 notes".
    static func findings(_ findings: [Finding]) -> String {
        let parts = Severity.allCases.reversed().compactMap { severity -> String? in
            let number = findings.count { $0.severity == severity }
            return number == 0 ? nil : count(number, severity.rawValue)
        }
        return parts.isEmpty ? "no findings" : list(parts)
    }

    /// A process as a title with its program.
    static func title(of process: ProcessImage, theme: Theme) -> String {
        theme.title("process \(process.id) (pid \(process.pid))") + ": " + command(process)
    }

    /// How a program was started.
    static func command(_ process: TracedProcess) -> String { command(process.image) }

    /// How a program was started, as a shell would show it, not longer than a line.
    static func command(_ process: ProcessImage) -> String {
        let words = [process.executable ?? "unknown program"] + process.arguments.dropFirst()
        let text = words.joined(separator: " ").printable
        return text.count > 160 ? text.prefix(159) + "…" : text
    }
}
