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
        /// A process's own file has one; what forged ones say of their ends is nobody's loss. There may be many
        /// files.
        private static let streamsMax = 64

        /// The path, as the database names it where bytes were broken.
        let name: String
        fileprivate(set) var decoder: WireDecoder
        /// Streams that have records in it, and whether their BYE is among them; nil for a pipe, which they
        /// come to and leave without end.
        fileprivate(set) var streams: [UInt64: Bool]?
        /// The stream that was noted last.
        private var latest: UInt64 = 0

        init(name: String, of stream: UInt64? = nil, isPipe: Bool = false) {
            self.name = name
            decoder = WireDecoder(of: stream)
            streams = isPipe ? nil : [:]
        }

        /// The memory that events take of which parts are missing.
        var eventBytes: Int { decoder.eventBytes }

        /// Whether it may have records of any of these streams; of those of a file that very many share not all
        /// are noted.
        func mayHold(anyOf streams: Set<UInt64>) -> Bool {
            guard !streams.isEmpty, let own = self.streams else { return false }
            return own.count == Self.streamsMax || !streams.isDisjoint(with: own.keys)
        }

        /// Passes over bytes that were never written.
        mutating func skip(_ count: UInt64) {
            decoder.skip(count)
        }

        fileprivate mutating func note(_ stream: UInt64, isBye: Bool = false) {
            guard stream != latest || isBye else { return }
            latest = stream
            guard let known = streams, isBye || known[stream] == nil, known.count < Self.streamsMax
            else { return }
            streams?[stream] = isBye
        }
    }

    /// A batch is written once so many bytes were taken in for it, or it is this old.
    private static let batchBytes = 1 << 20
    private static let batchAge: UInt64 = 100_000_000
    /// Longer than the writer lets a record wait for those before it.
    private static let waitLimit: UInt64 = 10_000_000_000
    private static let openingTime: UInt64 = 30_000_000_000

    private let writer: TraceWriter
    private let retention: Retention?
    private var watch = ProcessWatch()
    private var batch = TraceBatch()
    private var bytes = 0
    private var oldest: UInt64 = 0
    private var lastFlush: UInt64 = 0
    /// The process of which wait(2) will tell.
    private var waitedFor: pid_t?
    /// Whether to stop where everything that was taken in is written, and leave the rest where it is.
    var isAbandoned: () -> Bool = { false }
    /// Told how far it is, where that takes long.
    var progress: (Progress) -> Void = { _ in }

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
    ///
    /// They are not written yet: `flushIfDue` is to follow once the caller has noted how far it read.
    func take(_ bytes: UnsafeRawBufferPointer, from source: inout Source) {
        let before = batch.records.count
        if batch.isEmpty { oldest = Clock.now() }
        self.bytes += bytes.count
        let name = source.name
        source.decoder.feed(bytes) { result in
            switch result {
            case .record(let record): batch.records.append(record)
            case .broken(let input): batch.add(input, of: name)
            }
        }
        for record in batch.records[before...] { note(record, in: &source) }
    }

    /// Takes note that a source has ended: bytes of a record that never became whole are broken input.
    func finish(_ source: inout Source) {
        let name = source.name
        source.decoder.finish { result in
            if case .broken(let input) = result { batch.add(input, of: name) }
        }
    }

    /// Takes note that the events of a source of which parts are missing have no room any more.
    func giveUpEvents(of source: inout Source) {
        let name = source.name
        source.decoder.giveUpEvents { result in
            if case .broken(let input) = result { batch.add(input, of: name) }
        }
    }

    private func note(_ record: Record, in source: inout Source) {
        let stream = record.header.stream
        switch record.body {
        case .hello(let hello):
            source.note(stream)
            let image = ProcessName(
                pid: pid_t(truncatingIfNeeded: record.header.pid), startedUnixNs: hello.realtimeNs)
            if let replaced = watch.hello(stream: stream, image) {
                batch.addEnd(stream: replaced, witness: .exec)
            }
        case .bye:
            source.note(stream, isBye: true)
            watch.bye(stream: stream)
        default:
            source.note(stream)
        }
    }

    // MARK: - Writing

    /// How long the oldest record that is not written yet may still wait; nil where there is none.
    var patience: UInt64? {
        guard !batch.isEmpty else { return nil }
        let due = oldest + Self.batchAge
        let now = Clock.now()
        return due > now ? due - now : 0
    }

    /// Writes what was taken in, in one transaction. After an error it is kept, to be written by the next call.
    func flush() throws {
        guard !batch.isEmpty else { return }
        try writer.append(batch)
        batch.removeAll()
        bytes = 0
        lastFlush = Clock.now()
        try retention?.apply(to: writer)
    }

    /// The same where enough was taken in for a transaction.
    ///
    /// - Throws: also where the rest is to be left.
    func flushIfDue() throws {
        guard bytes >= Self.batchBytes else { return }
        try flush()
        guard !isAbandoned() else {
            throw CollectorError(
                .interrupted, "stopped before everything was stored", "a signal asked for it",
                advice: "The next dltrace command takes in the rest.")
        }
    }

    /// Writes what has waited too long for records that did not come.
    ///
    /// For times when nothing comes; after a while of those nothing waits any more.
    func passStale() throws {
        try flush()
        if Clock.now() < lastFlush + Self.waitLimit { try writer.passStale() }
    }

    /// The streams of which records that were written wait for earlier ones, in memory alone.
    var waitingStreams: Set<UInt64> { writer.waitingStreams }

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
        for stream in gone { batch.addEnd(stream: stream, witness: .gone) }
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
    ///
    /// It is not written yet: `flush` is to follow.
    func noteGone(behind source: Source) {
        let awaited = waitedFor.flatMap { watch.stream(of: $0) }
        for (stream, saidBye) in source.streams ?? [:] where !saidBye && stream != awaited {
            if watch.forget(stream: stream) { batch.addEnd(stream: stream, witness: .gone) }
        }
    }

    /// Writes the rest and closes the database.
    package func finish() throws {
        try flush()
        try writer.finish(unless: isAbandoned) { progress(.indexing(done: $0, of: $1)) }
    }
}
