// SPDX-License-Identifier: Apache-2.0

package import DLTraceStore
import DLTraceWire
import Glibc

/// Turns bytes from pipes and spill files into rows, in batches, and notes which processes ended how.
///
/// It belongs to one thread.
package final class Intake {
    /// One stretch of bytes: a pipe, or a spill file.
    struct Source {
        /// The path, as the database names it where bytes were broken.
        let name: String
        fileprivate(set) var decoder = WireDecoder()
        /// Streams that have records in it, and whether their BYE is among them.
        fileprivate(set) var streams: [UInt64: Bool] = [:]

        init(name: String) {
            self.name = name
        }

        /// Passes over bytes that were never written.
        mutating func skip(_ count: UInt64) {
            decoder.skip(count)
        }
    }

    /// A batch is written once it has this many records, or is this old.
    private static let batchLimit = 4096
    private static let batchAge: UInt64 = 100_000_000
    /// Longer than the writer lets a record wait for those before it.
    private static let waitLimit: UInt64 = 10_000_000_000
    private static let openingTime: UInt64 = 30_000_000_000

    private let writer: TraceWriter
    private let retention: Retention?
    private var watch = ProcessWatch()
    private var records: [Record] = []
    private var ends: [(stream: UInt64, witness: EndWitness)] = []
    private var oldest: UInt64 = 0
    private var lastFlush: UInt64 = 0
    /// The process of which wait(2) will tell.
    private var waitedFor: pid_t?

    /// Writes to `writer`, which nobody else writes to meanwhile, and keeps it to `retention`.
    package init(writer: TraceWriter, retention: Retention? = nil) {
        self.writer = writer
        self.retention = retention
    }

    /// Opens the database at `path` for writing.
    ///
    /// Others may be opening, making or closing it at the same moment, for which SQLite does not wait
    /// in every case: then it is tried again.
    /// - Throws: `StoreError`.
    static func opening(_ path: String, retention: Retention? = nil) throws -> Intake {
        let end = Clock.now() + openingTime
        while true {
            do {
                return Intake(writer: try TraceWriter(path: path), retention: retention)
            } catch let error as StoreError where error.code == .busy && Clock.now() < end {
                poll(nil, 0, 20)
            }
        }
    }

    // MARK: - Taking in

    /// Takes bytes that follow on those before of the same source.
    func take(_ bytes: UnsafeRawBufferPointer, from source: inout Source) throws {
        var broken: [BrokenInput] = []
        let before = records.count
        source.decoder.feed(bytes) { result in
            switch result {
            case .record(let record): records.append(record)
            case .broken(let input): broken.append(input)
            }
        }
        if before == 0, !records.isEmpty { oldest = Clock.now() }
        for record in records[before...] { note(record, in: &source) }
        for input in broken { try writer.append(broken: input, source: source.name) }
        if records.count >= Self.batchLimit { try flush() }
    }

    /// Takes note that a source has ended: bytes of a record that never became whole are broken input.
    func finish(_ source: inout Source) throws {
        var broken: [BrokenInput] = []
        source.decoder.finish { result in
            if case .broken(let input) = result { broken.append(input) }
        }
        for input in broken { try writer.append(broken: input, source: source.name) }
    }

    private func note(_ record: Record, in source: inout Source) {
        let stream = record.header.stream
        switch record.body {
        case .hello(let hello):
            source.streams[stream] = false
            let image = ProcessName(
                pid: pid_t(truncatingIfNeeded: record.header.pid), startedUnixNs: hello.realtimeNs)
            if let replaced = watch.hello(stream: stream, image) { ends.append((replaced, .exec)) }
        case .bye:
            source.streams[stream] = true
            watch.bye(stream: stream)
        default:
            if source.streams[stream] == nil { source.streams[stream] = false }
        }
    }

    // MARK: - Writing

    /// How long the oldest record that is not written yet may still wait; nil where there is none.
    var patience: UInt64? {
        guard !records.isEmpty else { return nil }
        let due = oldest + Self.batchAge
        let now = Clock.now()
        return due > now ? due - now : 0
    }

    /// Writes what was taken in, in one transaction.
    func flush() throws {
        if !records.isEmpty {
            defer { records.removeAll(keepingCapacity: true) }
            try writer.append(records)
            try retention?.apply(to: writer)
            lastFlush = Clock.now()
        }
        let ends = ends
        self.ends = []
        for end in ends { try writer.noteEnd(stream: end.stream, witness: end.witness) }
    }

    /// Writes what has waited too long for records that did not come.
    ///
    /// For times when nothing comes; after a while of those nothing waits any more.
    func passStale() throws {
        try flush()
        if Clock.now() < lastFlush + Self.waitLimit { try writer.passStale() }
    }

    /// Whether records that were taken in are not in the database yet.
    var isWaiting: Bool { !records.isEmpty || writer.isWaiting }

    // MARK: - Ends

    /// Every process image that said HELLO.
    var processes: [ProcessName] { Array(watch.names.values) }

    /// Notes the processes that are gone without a BYE.
    ///
    /// - Parameter atEnd: nothing more can come. Else what was there at the last call must have been
    ///   taken in.
    /// - Throws: `StoreError`.
    func noteGone(atEnd: Bool = false) throws {
        let gone = atEnd ? watch.takeGoneAtEnd() : watch.takeGone()
        guard !gone.isEmpty else { return }
        ends += gone.map { ($0, .gone) }
        try flush()
    }

    /// Leaves the end of a process to `noteWait`.
    func expectWait(for pid: pid_t) {
        waitedFor = pid
    }

    /// Notes how wait(2) says the process ended that this command started.
    ///
    /// - Returns: whether it was traced at all.
    func noteWait(_ child: StopRequest.Child) throws -> Bool {
        try flush()
        guard let stream = watch.stream(of: child.pid) else { return false }
        watch.forget(stream: stream)
        switch child.end {
        case .exited(let status):
            try writer.noteEnd(stream: stream, witness: .wait, status: status)
        case .killed(let signal, let coreDumped):
            try writer.noteEnd(
                stream: stream, witness: .wait, signal: signal, coreDumped: coreDumped)
        }
        return true
    }

    /// Notes that the process behind a source is gone: its streams without a BYE have ended.
    func noteGone(behind source: Source) throws {
        let awaited = waitedFor.flatMap { watch.stream(of: $0) }
        for (stream, saidBye) in source.streams where !saidBye && stream != awaited {
            if watch.forget(stream: stream) { ends.append((stream, .gone)) }
        }
        try flush()
    }

    /// Writes the rest and closes the database.
    package func finish() throws {
        try flush()
        try writer.finish()
    }
}
