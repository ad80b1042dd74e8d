// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A library's life in a process in JSON.
struct StoryDocument: Encodable {
    private struct Load: Encodable {
        let number: Int
        let life: LibraryDocument
        let moments: [MomentDocument]
        let calls: Int
        let stays: [Reason]
    }

    private struct Reason: Encodable {
        let reason: String
        let remedy: OrNull<String>
    }

    private let process: Int64
    private let pid: Int64
    private let library: String
    private let earlierLoads: Int
    private let loads: [Load]

    init(_ story: LibraryStory) {
        process = story.process.id
        pid = story.process.pid
        library = story.path
        earlierLoads = story.earlierLoads
        loads = story.loads.map { load in
            Load(
                number: load.number, life: LibraryDocument(load.library),
                moments: load.moments.map(MomentDocument.init), calls: load.calls,
                stays: load.stays.map { Reason(reason: $0.reason, remedy: OrNull($0.remedy)) })
        }
    }
}
