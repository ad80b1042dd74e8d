// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// An event in words.
enum EventWords {
    /// What happened, with its outcome.
    static func text(_ entry: TimeLineEntry) -> String {
        let path = (entry.library?.path ?? "?").printable
        switch entry.kind {
        case "hello": return "start of pid \(entry.pid)"
        case "bye": return "end with status \(entry.value ?? 0)"
        case "lost": return Words.count(entry.value ?? 0, "record") + " lost"
        case "present": return "present \(path)"
        case "load":
            return "load \(path)" + (entry.library?.isAtStart == true ? " at start" : "")
        case "unload": return "unload \(path)"
        case "init": return "init \(path)"
        case "fini": return "fini \(path)"
        case "dlopen", "dlmopen": return open(entry)
        case "dlclose":
            let what =
                entry.library?.path.printable ?? "handle " + (entry.address.map(Words.hex) ?? "?")
            return "dlclose(\(what))" + outcome(entry) { "\($0)" }
        case "fini_function", "exit_handler", "thread_destructor", "fork_handler":
            return function(entry)
        case "exit": return "exit, " + (exit(entry) ?? "?")
        case "fault":
            let place =
                (entry.detail ?? 0) > 0 ? entry.address.map { ", address " + Words.hex($0) } : ""
            return Words.signal(entry.value ?? 0) + (place ?? "")
        case "fork": return "fork"
        case "unknown":
            let type = entry.value.map { ", type \($0)" } ?? ""
            return "an event of kind \(entry.detail ?? 0)\(type), of a newer libdltrace.so"
        default: return reference(entry) ?? entry.kind.printable
        }
    }

    /// How a process came to exit.
    static func exit(_ entry: TimeLineEntry) -> String? {
        let status = entry.value ?? 0
        return switch entry.detail {
        case 1: "exit(\(status))"
        case 2: "main returned, or an unseen call of exit"
        case 3: "quick_exit(\(status))"
        case 4: "_exit(\(status))"
        default: nil
        }
    }

    /// With what a destructor function was registered.
    static func registration(_ entry: TimeLineEntry) -> String? {
        switch entry.detail {
        case 1: "DT_FINI_ARRAY"
        case 2: "DT_FINI"
        case 3: "__cxa_atexit"
        case 4: "on_exit"
        case 5: "at_quick_exit"
        case 6: "thread_local"
        case 7: "pthread_key"
        case 8: "pthread_atfork"
        default: nil
        }
    }

    private static func open(_ entry: TimeLineEntry) -> String {
        let name = entry.name.map { "\"\($0.printable)\"" } ?? "NULL"
        let call = "\(entry.kind)(\(name), \(entry.flags ?? "0"))"
        if let error = entry.error { return "\(call) failed: \(error.printable)" }
        return call
            + outcome(entry) { result in
                result == 0 ? "NULL" : entry.library?.path.printable ?? Words.hex(result)
            }
    }

    private static func function(_ entry: TimeLineEntry) -> String {
        let address = entry.address ?? 0
        let base = entry.library.map { Int64(bitPattern: $0.baseAddress) } ?? 0
        let symbol = entry.symbol?.printable ?? Words.hex(address &- base)
        let place = entry.library.map { " in " + $0.path.printable } ?? ""
        let how = registration(entry).map { " (\($0))" } ?? ""
        return "\(entry.kind) \(symbol)\(place)\(how)"
            + (entry.ended == nil ? ", never returned" : "")
    }

    private static func outcome(_ entry: TimeLineEntry, _ word: (Int64) -> String) -> String {
        guard entry.ended != nil else { return ", never returned" }
        let duration = entry.durationNs.map { " in " + Words.duration($0) } ?? ""
        return " = " + word(entry.result ?? 0) + duration
    }
}
