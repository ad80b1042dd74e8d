// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A moment of a library's life in JSON; keys that its kind has not are left out.
struct MomentDocument: Encodable {
    private let what: String
    private let process: Int64
    private let event: Int64
    private let sinceStartNs: OrNull<Int64>
    private let count: Int
    private let lastEvent: Int64
    private let thread: OrNull<Int64>
    private let phase: OrNull<String>
    private let stack: [FrameDocument]

    private var name: OrNull<String>?
    private var flags: OrNull<String>?
    private var caller: OrNull<String>?
    private var closedBy: OrNull<Int64>?
    private var unloadedIt: Bool?
    private var deferred: Bool?
    private var neededBy: String?
    private var until: OrNull<Int64>?
    private var cause: OrNull<Int64>?
    private var causeKind: OrNull<String>?
    private var type: String?
    private var label: String?
    private var number: OrNull<Int64>?
    private var holder: OrNull<String>?
    private var atExit: Bool?

    init(_ moment: LibraryMoment) {
        what = StoryWords.word(moment.what)
        process = moment.process
        event = moment.event
        sinceStartNs = OrNull(moment.sinceStartNs)
        count = moment.count
        lastEvent = moment.lastEvent
        thread = OrNull(moment.evidence?.thread)
        stack = moment.evidence?.stack.map(FrameDocument.init) ?? []
        switch moment.what {
        case .opened(let flags, let caller, let closedBy):
            phase = OrNull(moment.evidence?.phase)
            name = OrNull(moment.evidence?.subject)
            self.flags = OrNull(flags)
            self.caller = OrNull(caller)
            self.closedBy = OrNull(closedBy)
        case .broughtAlong(let name, let caller):
            phase = OrNull(moment.evidence?.phase)
            self.name = OrNull(name)
            self.caller = OrNull(caller)
        case .loaded(let atStart):
            phase = OrNull(nil)
            self.atExit = nil
            self.type = atStart ? "at_start" : "run_time"
        case .needed(let by, let until):
            phase = OrNull(nil)
            neededBy = by
            self.until = OrNull(until)
        case .closed(let caller, let unloadedIt, let isDeferred):
            phase = OrNull(moment.evidence?.phase)
            self.caller = OrNull(caller)
            self.unloadedIt = unloadedIt
            deferred = isDeferred
        case .finalized(let phase, let by, let byKind):
            self.phase = OrNull(phase)
            cause = OrNull(by)
            causeKind = OrNull(byKind)
        case .unloaded(let by, let byKind):
            phase = OrNull(moment.evidence?.phase)
            cause = OrNull(by)
            causeKind = OrNull(byKind)
        case .left(let type, let label, let number, let holder, let atExit):
            phase = OrNull(moment.evidence?.phase)
            self.type = type
            self.label = label
            self.number = OrNull(number)
            self.holder = OrNull(holder)
            self.atExit = atExit
        }
    }
}
