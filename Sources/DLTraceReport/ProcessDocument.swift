// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A process in JSON.
struct ProcessDocument: Encodable {
    private let id: Int64
    private let pid: Int64
    private let ppid: OrNull<Int64>
    private let parent: OrNull<Int64>
    private let executable: OrNull<String>
    private let arguments: [String]
    private let started: OrNull<Int64>
    private let ended: OrNull<Int64>
    private let ending: String
    private let exit: OrNull<Int64>
    private let signal: OrNull<Int64>
    private let coreDumped: OrNull<Bool>
    private let complete: Bool
    private let lostRecords: Int64
    private let brokenInputs: Int64
    private let prunedSeq: Int64
    private let unseenCallers: Int64
    private let silentChildren: Int64
    private let modes: [String]

    init(_ process: TracedProcess) {
        id = process.id
        pid = process.pid
        ppid = OrNull(process.ppid)
        parent = OrNull(process.parent)
        executable = OrNull(process.executable)
        arguments = process.arguments
        started = OrNull(process.startedUnixNs)
        ended = OrNull(process.endedUnixNs)
        ending = Self.word(process.ending)
        exit = OrNull(Self.status(process.ending))
        signal = OrNull(Self.signal(process.ending))
        coreDumped = OrNull(process.coreDumped)
        complete = process.isComplete
        lostRecords = process.lostRecords
        brokenInputs = process.brokenInputs
        prunedSeq = process.prunedSeq
        unseenCallers = process.unseenCallers
        silentChildren = process.silentChildren
        modes = process.modes.map(\.rawValue)
    }

    private static func word(_ ending: ProcessEnding) -> String {
        switch ending {
        case .exited: "exited"
        case .killed: "killed"
        case .exec: "exec"
        case .gone: "gone"
        case .running: "running"
        }
    }

    /// As a shell's `$?` has it.
    private static func status(_ ending: ProcessEnding) -> Int64? {
        switch ending {
        case .exited(let status): status
        case .killed(let signal): 128 &+ signal
        case .exec, .gone, .running: nil
        }
    }

    private static func signal(_ ending: ProcessEnding) -> Int64? {
        if case .killed(let signal) = ending { signal } else { nil }
    }
}
