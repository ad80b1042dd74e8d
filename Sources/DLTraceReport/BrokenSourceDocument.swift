// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// What was no record in a source, in JSON.
struct BrokenSourceDocument: Encodable {
    private struct Stretch: Encodable {
        let offset: Int64
        let skippedBytes: Int64
        let reason: String
    }

    private let source: String
    private let process: OrNull<Int64>
    private let pid: OrNull<Int64>
    private let stretches: Int64
    private let more: Bool
    private let skippedBytes: Int64
    private let first: [Stretch]

    init(_ broken: BrokenSource) {
        source = broken.source
        process = OrNull(broken.process)
        pid = OrNull(broken.pid)
        stretches = broken.stretches
        more = broken.isCut
        skippedBytes = broken.skippedBytes
        first = broken.first.map {
            Stretch(offset: $0.offset, skippedBytes: $0.skippedBytes, reason: $0.reason)
        }
    }
}
