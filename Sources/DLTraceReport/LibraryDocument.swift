// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A load of a library in JSON.
struct LibraryDocument: Encodable {
    private struct Moment: Encodable {
        let event: Int64
        let sinceStartNs: OrNull<Int64>
        let cause: OrNull<Int64>
        let causeKind: OrNull<String>
        let phase: String?

        init(_ moment: PlacedLibrary.Moment, phase: String? = nil) {
            event = moment.event
            sinceStartNs = OrNull(moment.sinceStartNs)
            cause = OrNull(moment.cause)
            causeKind = OrNull(moment.causeKind)
            self.phase = phase
        }
    }

    private let path: String
    private let soname: OrNull<String>
    private let buildId: String
    private let generation: Int64
    private let base: String
    private let start: String
    private let end: String
    private let namespace: Int64
    private let atStart: Bool
    private let process: Int64
    private let inheritedFrom: OrNull<Int64>
    private let loaded: Moment
    private let finalized: OrNull<Moment>
    private let unloaded: OrNull<Moment>

    init(_ library: PlacedLibrary) {
        path = library.path
        soname = OrNull(library.soname)
        buildId = library.buildID
        generation = library.generation
        base = Words.hex(library.base)
        start = Words.hex(library.start)
        end = Words.hex(library.end)
        namespace = library.namespace
        atStart = library.isAtStart
        process = library.process
        inheritedFrom = OrNull(library.inheritedFrom)
        loaded = Moment(library.loaded)
        finalized = OrNull(
            library.finalized.map { Moment($0, phase: library.finalizingPhase) })
        unloaded = OrNull(library.unloaded.map { Moment($0) })
    }
}
