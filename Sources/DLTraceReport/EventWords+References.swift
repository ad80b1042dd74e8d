// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// What the C library was given, and what is left of it.
extension EventWords {
    /// An event that is about a reference to a library, in words; nil for other kinds.
    static func reference(_ entry: TimeLineEntry) -> String? {
        let place = place(entry)
        let number = entry.value ?? 0
        switch entry.kind {
        case "thread":
            let failure = (entry.result ?? 0) != 0 ? " not" : ""
            let error = entry.result.flatMap { $0 == 0 ? nil : ", error \($0)" } ?? ""
            return "thread \(place)\(failure) created\(error)"
        case "thread_start":
            let end =
                entry.durationNs.map { "ended after " + Words.duration($0) } ?? "no end of it seen"
            return "thread \(place) starts, \(end)"
        case "tls_key_create": return "key \(number) created, destructor \(place)"
        case "tls_key_delete": return "key \(number) deleted"
        case "signal_handler": return signalHandler(entry, place)
        case "cxa_atexit": return "exit handler \(place) registered with __cxa_atexit"
        case "on_exit": return "exit handler \(place) registered with on_exit"
        case "putenv": return "putenv of \(variable(entry)), a string at \(place)"
        case "atfork": return "fork handler \(place) registered\(forkSide(number))"
        case "thread_local": return "thread_local destructor \(place) registered"
        case "left": return "left: " + left(entry, place)
        case "dlsym", "dlvsym", "dlinfo":
            let handle = entry.address.map(Words.hex) ?? "?"
            let name = entry.name.map { ", \"\($0.printable)\"" } ?? ""
            return "\(entry.kind)(\(handle)\(name)), a handle that was closed"
        case "stayed":
            let path = (entry.library?.path ?? "?").printable
            let holder = entry.holder.map { $0.lastPathPart.printable } ?? "another library"
            let name = entry.name.map { " " + $0.printable } ?? ""
            return
                "stays \(path): \(holder) binds to its \(number == 1 ? "unique " : "")symbol\(name)"
        default: return nil
        }
    }

    /// When a fork handler runs, by its number.
    static func forkMoment(_ number: Int64?) -> String? {
        switch number {
        case 0: "prepare"
        case 1: "parent"
        case 2: "child"
        default: nil
        }
    }

    /// Why a library stays, by its number.
    static func stayReason(_ number: Int64?) -> String? {
        switch number {
        case 1: "unique"
        case 2: "binding"
        default: nil
        }
    }

    private static func left(_ entry: TimeLineEntry, _ place: String) -> String {
        let number = entry.value ?? 0
        switch entry.left?.type {
        case "tls_key": return "key \(number) with destructor \(place)"
        case "signal_handler": return "handler \(place) of \(Words.signal(number))"
        case "cxa_atexit", "on_exit": return "exit handler \(place)"
        case "atfork": return "fork handler \(place)"
        case "thread_local": return "thread_local destructor \(place)"
        case "environ": return "environment variable \(variable(entry)) at \(place)"
        case "thread": return "thread \(number), which started in \(place)"
        case "thread_stack": return "thread \(number) in \(place)"
        case "pointer":
            let holder = entry.holder.map { " in " + $0.lastPathPart.printable } ?? ""
            return "a pointer\(holder) to \(place)"
        default: return place
        }
    }

    private static func signalHandler(_ entry: TimeLineEntry, _ place: String) -> String {
        let signal = Words.signal(entry.value ?? 0)
        return switch entry.address {
        case 0: "signal handler of \(signal) set to SIG_DFL"
        case 1: "signal handler of \(signal) set to SIG_IGN"
        default: "signal handler \(place) installed for \(signal)"
        }
    }

    private static func forkSide(_ number: Int64) -> String {
        switch number {
        case 0: ", to run before a fork"
        case 1: ", to run in the parent"
        case 2: ", to run in the child"
        default: ""
        }
    }

    private static func variable(_ entry: TimeLineEntry) -> String {
        entry.name?.printable ?? "?"
    }

    /// `worker (libx.so)`, or `libx.so+0x10`.
    private static func place(_ entry: TimeLineEntry) -> String {
        let address = entry.address ?? 0
        guard let library = entry.library else {
            return entry.symbol?.printable ?? Words.hex(address)
        }
        let name = library.path.lastPathPart.printable
        guard let symbol = entry.symbol?.printable else {
            return name + "+" + Words.hex(address &- Int64(bitPattern: library.baseAddress))
        }
        return "\(symbol) (\(name))"
    }
}
