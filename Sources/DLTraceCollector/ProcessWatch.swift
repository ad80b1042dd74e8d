// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Glibc

/// Who is being traced, and which of them are gone without a word.
struct ProcessWatch {
    /// A process image that said HELLO.
    private struct Image {
        let pid: pid_t
        /// When the process started, by the kernel; nil where there was no such process when it was looked
        /// up: it had ended by then, or lives in another pid namespace.
        let startTime: UInt64?

        /// Whether it surely is gone.
        var isGone: Bool { startTime.map { ProcessTable.startTime(of: pid) != $0 } ?? false }
    }

    /// Those that said HELLO and not yet BYE, by stream.
    private var open: [UInt64: Image] = [:]
    /// Those that were gone at the last look.
    private var suspects: Set<UInt64> = []
    /// The latest stream of each process.
    private var current: [pid_t: UInt64] = [:]
    /// The streams that said HELLO: all of them, until there are too many to be remembered.
    private(set) var names: [UInt64: ProcessName] = [:]
    private let namesMax: Int

    /// Watches nobody yet.
    ///
    /// - Parameter namesMax: once more than these said HELLO, those that have ended are forgotten.
    init(namesMax: Int = 1 << 17) {
        self.namesMax = namesMax
    }

    /// Notes a HELLO.
    ///
    /// - Returns: the stream that the process had before, where it executed another program without a
    ///   BYE of the first.
    mutating func hello(stream: UInt64, _ name: ProcessName) -> UInt64? {
        // Forged ones never end: where there are that many, no more are watched.
        guard open.count <= namesMax / 2 else { return nil }
        guard names.updateValue(name, forKey: stream) == nil else { return nil }
        if names.count > namesMax { forgetEnded(but: stream) }
        let pid = name.pid
        let replaced = current[pid].flatMap { open[$0] == nil ? nil : $0 }
        if let replaced { open[replaced] = nil }
        open[stream] = Image(pid: pid, startTime: ProcessTable.startTime(of: pid))
        current[pid] = stream
        return replaced
    }

    /// A daemon's days see millions of processes.
    private mutating func forgetEnded(but newest: UInt64) {
        names = names.filter { open[$0.key] != nil || $0.key == newest }
        current = current.filter { open[$0.value] != nil }
    }

    /// Notes a BYE.
    mutating func bye(stream: UInt64) {
        open[stream] = nil
    }

    /// The latest stream of a process.
    func stream(of pid: pid_t) -> UInt64? { current[pid] }

    /// Forgets a process whose end is known.
    ///
    /// - Returns: false where it had been noted before.
    @discardableResult
    mutating func forget(stream: UInt64) -> Bool {
        open.removeValue(forKey: stream) != nil || names[stream] == nil
    }

    /// Takes out the streams whose processes are gone.
    ///
    /// What a process wrote just before its end may not be read yet. So it is only taken out by the second
    /// call that finds it gone; what was there at the first one is to be read in between.
    mutating func takeGone() -> [UInt64] {
        let gone = Set(open.filter { $1.isGone }.keys)
        let sure = gone.intersection(suspects)
        suspects = gone.subtracting(sure)
        for stream in sure { open[stream] = nil }
        return sure.sorted()
    }

    /// Takes out the streams whose processes are gone, once no more records can come: then also those
    /// that were not there when they were looked up.
    mutating func takeGoneAtEnd() -> [UInt64] {
        let gone = open.filter { _, image in
            image.isGone
                || image.startTime == nil && ProcessTable.startTime(of: image.pid) == nil
        }
        for stream in gone.keys { open[stream] = nil }
        return gone.keys.sorted()
    }
}
