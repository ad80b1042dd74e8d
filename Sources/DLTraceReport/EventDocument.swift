// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// An event in JSON: a line of `export`, an element of `events`.
struct EventDocument: Encodable {
    private let process: Int64
    private let pid: Int64
    private let seq: Int64
    private let timeNs: Int64
    private let sinceStartNs: Int64?
    private let thread: Int64
    private let kind: String
    private let path: OrNull<String>
    private let phase: OrNull<String>
    private let parent: OrNull<Int64>
    private let depth: Int
    private let endSeq: Int64?
    private let durationNs: Int64?

    private var name: String?
    private var flags: String?
    private var handle: String?
    private var result: Int64?
    private var error: String?
    private var buildId: String?
    private var soname: String?
    private var generation: Int64?
    private var base: String?
    private var start: String?
    private var end: String?
    private var namespace: Int64?
    private var atStart: Bool?
    private var address: String?
    private var symbol: String?
    private var file: String?
    private var line: Int64?
    private var registeredWith: String?
    private var status: Int64?
    private var how: String?
    private var signal: Int64?
    private var code: Int64?
    private var records: Int64?
    private var childStream: String?
    private var key: Int64?
    private var tid: Int64?
    private var variable: String?
    private var argument: String?
    private var dsoHandle: String?
    private var moment: String?
    private var createdBy: Int64?
    private var type: String?
    private var registeredProcess: Int64?
    private var registeredSeq: Int64?
    private var holder: String?
    private var holderAddress: String?
    private var reason: String?

    init(_ entry: TimeLineEntry) {
        process = entry.process
        pid = entry.pid
        seq = entry.event
        timeNs = entry.timeNs
        sinceStartNs = entry.sinceStartNs
        thread = entry.thread
        kind = entry.kind
        path = OrNull(entry.library?.path)
        phase = OrNull(entry.phase)
        parent = OrNull(entry.parent)
        depth = entry.depth
        endSeq = entry.ended
        durationNs = entry.durationNs
        addCall(entry)
        addLibrary(entry)
        addRest(entry)
        addReference(entry)
    }

    private mutating func addCall(_ entry: TimeLineEntry) {
        switch entry.kind {
        case "dlopen", "dlmopen":
            name = entry.name
            flags = entry.flags
            handle = entry.result.map(Words.hex)
            error = entry.error
            namespace = entry.library?.namespace
        case "dlclose":
            handle = entry.address.map(Words.hex)
            result = entry.result
            error = entry.error
        case "fini_function", "exit_handler", "thread_destructor", "fork_handler":
            addPlace(entry)
            registeredWith = EventWords.registration(entry)
        default:
            break
        }
    }

    private mutating func addPlace(_ entry: TimeLineEntry) {
        address = entry.address.map(Words.hex)
        symbol = entry.symbol
        file = entry.file
        line = entry.line
    }

    private mutating func addLibrary(_ entry: TimeLineEntry) {
        guard let library = entry.library,
            ["load", "present", "unload", "init", "fini"].contains(entry.kind)
        else { return }
        buildId = library.buildID
        soname = library.soname
        generation = library.generation
        base = Words.hex(library.baseAddress)
        start = Words.hex(library.startAddress)
        end = Words.hex(library.endAddress)
        namespace = library.namespace
        atStart = library.isAtStart
    }

    private mutating func addRest(_ entry: TimeLineEntry) {
        switch entry.kind {
        case "exit", "bye":
            status = entry.value
            how = EventWords.exit(entry)
        case "fault":
            signal = entry.value
            code = entry.detail
            address = entry.address.map(Words.hex)
        case "lost":
            records = entry.value
        case "fork":
            childStream = entry.address.map(Words.hex)
        default:
            break
        }
    }

    private mutating func addReference(_ entry: TimeLineEntry) {
        switch entry.kind {
        case "tls_key_create", "tls_key_delete":
            addPlace(entry)
            key = entry.value
        case "signal_handler":
            addPlace(entry)
            signal = entry.value
        case "cxa_atexit", "thread_local":
            addPlace(entry)
            argument = entry.value.map(Words.hex)
            dsoHandle = entry.detail.map(Words.hex)
        case "on_exit":
            addPlace(entry)
            argument = entry.value.map(Words.hex)
        case "putenv":
            addPlace(entry)
            variable = entry.name
        case "atfork":
            addPlace(entry)
            moment = EventWords.forkMoment(entry.value)
            dsoHandle = entry.detail.map(Words.hex)
        case "thread":
            addPlace(entry)
            argument = entry.value.map(Words.hex)
            result = entry.result
        case "thread_start":
            addPlace(entry)
            createdBy = entry.value
        case "left":
            addPlace(entry)
            addLeft(entry)
        case "dlsym", "dlvsym", "dlinfo":
            handle = entry.address.map(Words.hex)
            name = entry.name
        case "stayed":
            reason = EventWords.stayReason(entry.value)
            symbol = entry.name
            holder = entry.holder
        default:
            break
        }
    }

    private mutating func addLeft(_ entry: TimeLineEntry) {
        type = entry.left?.type
        switch type {
        case "tls_key": key = entry.value
        case "signal_handler": signal = entry.value
        case "thread", "thread_stack": tid = entry.value
        case "environ": variable = entry.name
        default: break
        }
        registeredProcess = entry.left?.registeredProcess
        registeredSeq = entry.left?.registeredEvent
        holder = entry.holder
        holderAddress = entry.left?.holderAddress.map(Words.hex)
    }
}
