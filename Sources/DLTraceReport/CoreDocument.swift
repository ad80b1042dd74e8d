// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A core file explained, in JSON.
struct CoreDocument: Encodable {
    private struct Match: Encodable {
        let process: Int64
        let pid: Int64
        let executable: OrNull<String>
        let certainty: String
        let samePid: Bool
        let librariesInPlace: Int
        let librariesElsewhere: Int
    }

    private struct Thread: Encodable {
        let thread: Int64
        let stack: [CoreFrameDocument]
        let obstacle: OrNull<String>
    }

    private struct Cause: Encodable {
        let part: String
        let address: String
        let places: [AddressPlaceDocument]
        let open: OrNull<EvidenceDocument>
        let close: OrNull<EvidenceDocument>
    }

    private let core: String
    private let pid: Int64
    private let signal: OrNull<Int64>
    private let code: OrNull<Int64>
    private let address: OrNull<String>
    private let truncated: Bool
    private let match: Match
    private let cause: OrNull<Cause>
    private let findings: [FindingDocument]
    private let threads: [Thread]
    private let changedFiles: [String]

    init(_ answer: CoreAnswer) {
        core = answer.image.path
        pid = answer.image.pid
        signal = OrNull(answer.image.signal)
        code = OrNull(answer.image.code)
        address = OrNull(answer.image.faultAddress.map(Words.hex))
        truncated = answer.image.isTruncated
        match = Match(
            process: answer.match.process.id, pid: answer.match.process.pid,
            executable: OrNull(answer.match.process.executable),
            certainty: answer.match.certainty.rawValue, samePid: answer.match.isSamePid,
            librariesInPlace: answer.match.librariesInPlace,
            librariesElsewhere: answer.match.librariesElsewhere)
        cause = OrNull(
            answer.cause.map { cause in
                Cause(
                    part: cause.part.rawValue, address: Words.hex(cause.address),
                    places: cause.places.map(AddressPlaceDocument.init),
                    open: OrNull(cause.open.map(EvidenceDocument.init)),
                    close: OrNull(cause.close.map(EvidenceDocument.init)))
            })
        findings = answer.findings.map { FindingDocument($0) }
        threads = answer.threads.map { thread in
            Thread(
                thread: thread.id, stack: thread.frames.flatMap(CoreFrameDocument.list),
                obstacle: OrNull(thread.obstacle))
        }
        changedFiles = answer.changedFiles
    }
}
