// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A moment of a library's life in words.
enum StoryWords {
    /// What happened, who did it, and how often.
    static func text(_ moment: LibraryMoment, in process: ProcessImage) -> String {
        var text = what(moment)
        if let evidence = moment.evidence, evidence.phase != nil, case .closed = moment.what {
            text += ", in phase " + (evidence.phase ?? "").printable
        }
        if moment.count > 1 {
            text += "; \(moment.count) times alike, the last is event \(moment.lastEvent)"
        }
        if moment.process != process.id {
            text += "; in process \(moment.process), before the fork"
        }
        return text
    }

    /// One word for what happened, as JSON has it.
    static func word(_ what: LibraryMoment.What) -> String {
        switch what {
        case .opened: "opened"
        case .broughtAlong: "brought_along"
        case .loaded: "loaded"
        case .needed: "needed"
        case .closed: "closed"
        case .finalized: "finalized"
        case .unloaded: "unloaded"
        case .left: "left"
        }
    }

    private static func what(_ moment: LibraryMoment) -> String {
        switch moment.what {
        case .opened(let flags, let caller, let closedBy):
            let name = moment.evidence?.subject.map { "\"\($0.printable)\"" } ?? "NULL"
            let answer =
                moment.count > 1
                ? "" : closedBy.map { ", closed by event \($0)" } ?? ", never closed"
            return
                "opened by \(self.caller(caller)): \(moment.evidence?.kind.printable ?? "dlopen")"
                + "(\(name), \(flags?.printable ?? "0"))" + answer
        case .broughtAlong(let name, let caller):
            return "needed by what \(self.caller(caller)) opens: dlopen("
                + (name.map { "\"\($0.printable)\"" } ?? "NULL") + ")"
        case .loaded(let atStart):
            return atStart ? "there when the program started" : "loaded"
        case .needed(let by, let until):
            return "needed by \(by.printable)"
                + (until.map { ", until event \($0) unloaded that" } ?? ", until the end")
        case .closed(let caller, let unloadedIt, let isDeferred):
            let effect =
                isDeferred
                ? ": left to the dlclose around it, which unloaded the library"
                : unloadedIt ? ": its last" : ": it stayed"
            return "closed by \(self.caller(caller))" + effect
        case .finalized(let phase, let by, let byKind):
            return "finalized" + (phase.map { " in phase \($0.printable)" } ?? "")
                + beneath(by, byKind)
        case .unloaded(let by, let byKind):
            return by == nil
                ? "unloaded by a caller that could not be seen"
                : "unloaded" + beneath(by, byKind)
        case .left(let type, let label, let number, let holder, let atExit):
            let place = holder.map { " in \($0.printable)" } ?? ""
            let what = reference(type, number)
            return (atExit ? "still there at exit: " : "left behind: ") + what + place + " -> "
                + label.printable
        }
    }

    private static func caller(_ name: String?) -> String {
        name?.printable ?? "unknown code"
    }

    private static func beneath(_ event: Int64?, _ kind: String?) -> String {
        event.map { " beneath the \((kind ?? "event").printable) of event \($0)" } ?? ""
    }

    /// What refers to it: the types of table left_behind.
    private static func reference(_ type: String, _ number: Int64?) -> String {
        let number = number.map { " \($0)" } ?? ""
        return switch type {
        case "tls_key": "the destructor of pthread key\(number)"
        case "signal_handler": "the handler of signal\(number)"
        case "cxa_atexit", "on_exit": "an exit handler"
        case "environ": "a string of the environment"
        case "thread": "the start routine of thread\(number)"
        case "thread_stack": "the stack of thread\(number)"
        case "pointer": "a pointer"
        default: type.printable
        }
    }
}
