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
        case "fini_function", "exit_handler", "thread_destructor":
            address = entry.address.map(Words.hex)
            symbol = entry.symbol
            file = entry.file
            line = entry.line
            registeredWith = EventWords.registration(entry)
        default:
            break
        }
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
}
