// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A piece of evidence in JSON.
struct EvidenceDocument: Encodable {
    private let role: String
    private let process: Int64
    private let event: Int64
    private let kind: String
    private let thread: Int64
    private let phase: OrNull<String>
    private let sinceStartNs: Int64?
    private let library: OrNull<String>
    private let subject: OrNull<String>
    private let stack: [FrameDocument]

    init(_ evidence: Evidence) {
        role = evidence.role
        process = evidence.process
        event = evidence.event
        kind = evidence.kind
        thread = evidence.thread
        phase = OrNull(evidence.phase)
        sinceStartNs = evidence.sinceStartNs
        library = OrNull(evidence.library)
        subject = OrNull(evidence.subject)
        stack = evidence.stack.map(FrameDocument.init)
    }
}
