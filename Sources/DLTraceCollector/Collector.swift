// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import Glibc
package import Logging

/// Reads one FIFO and one spill folder into the database, from its start until it is told to stop.
///
/// Everything it owns belongs to the thread that calls `run`.
package final class Collector {
    /// What it can tell at its end.
    package struct Summary: Sendable {
        /// Every process image that said HELLO.
        package let processes: [ProcessName]
        /// Whether records came from the process that the command itself started; nil where it did not
        /// start one.
        package let childWasTraced: Bool?
    }

    /// Processes are looked after and spill files are read this often, or, where there are many, so
    /// that it takes a tenth of the time; but no pause is longer than a second, however long a backlog took.
    private static let tick: UInt64 = 100_000_000
    private static let longestPause: UInt64 = 1_000_000_000
    /// As long as there is something to read, the rest waits no longer than this.
    private static let readTime: UInt64 = 100_000_000
    private static let bufferSize = 1 << 18
    /// A database that can't be written is tried again this often.
    private static let retryMilliseconds: Int32 = 1_000
    /// How long to read from programs that write faster than they can be read, before they are sent off
    /// to their spill files.
    private static let drainLimit: UInt64 = 2_000_000_000

    private let pipe: TracePipe
    private let intake: Intake
    private let spill: SpillFolder?
    private let logger: Logger
    private var source: Intake.Source
    private let buffer: UnsafeMutableRawBufferPointer

    /// Puts a collector together.
    ///
    /// - Parameters:
    ///   - pipe: where programs write to.
    ///   - intake: what turns bytes into rows.
    ///   - spill: where they write when they can't write to the pipe; nil where another collector owns it.
    ///   - logger: for what is worth telling.
    package init(pipe: TracePipe, intake: Intake, spill: SpillFolder?, logger: Logger) {
        self.pipe = pipe
        self.intake = intake
        self.spill = spill
        self.logger = logger
        source = Intake.Source(name: pipe.path, isPipe: true)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    }

    deinit {
        buffer.deallocate()
    }

    /// Collects until the request is raised; then takes in what is left, closes the FIFO so that programs that
    /// go on do so in their spill files, and closes the database.
    ///
    /// As long as there is no room for the database, nothing is read: what programs write waits in their
    /// spill files.
    /// - Parameters:
    ///   - stop: when to end, and whether to leave what is left where it is.
    ///   - progress: told how far taking in what is left is.
    /// - Returns: what it can tell at its end.
    /// - Throws: `StoreError` where the database can't be written any more; `CollectorError` where what is
    ///   left was to stay. The FIFO is closed then, too.
    package func run(
        until stop: StopRequest, progress: @escaping (Progress) -> Void = { _ in }
    ) throws -> Summary {
        do {
            intake.isAbandoned = { stop.isAbandoned }
            try insisting(until: stop) { try spill?.takeIn(to: intake) }
            try collect(until: stop)
            intake.progress = progress
            pipe.unlink()
            try pipe.retire { try drain(for: Self.drainLimit) }
            intake.finish(&source)
            if let child = stop.child { intake.expectWait(for: child.pid) }
            try spill?.takeIn(to: intake)
            let childWasTraced = try stop.child.map { try intake.noteWait($0) }
            try intake.noteGone(atEnd: true)
            try intake.finish()
            spill?.settle()
            logger.debug("collected", metadata: ["processes": "\(intake.processes.count)"])
            return Summary(processes: intake.processes, childWasTraced: childWasTraced)
        } catch {
            pipe.unlink()
            // Programs that wait for room in the pipe go on in their spill files.
            pipe.close()
            throw error
        }
    }

    private func collect(until stop: StopRequest) throws {
        var nextTick = Clock.now()
        while !stop.isRaised {
            try wait(for: stop, until: nextTick)
            try insisting(until: stop) {
                try drain(for: Self.readTime)
                if intake.patience == 0 { try intake.flush() }
                let now = Clock.now()
                guard now >= nextTick else { return }
                try intake.noteGone()
                try spill?.takeIn(to: intake)
                try intake.passStale()
                let end = Clock.now()
                nextTick = end + min(max(Self.tick, (end - now) * 10), Self.longestPause)
            }
        }
    }

    /// Does what ends in writing. Where that can't be done for the time being, waits until it can, or until it
    /// is time to end.
    private func insisting(until stop: StopRequest, _ work: () throws -> Void) throws {
        do {
            try work()
        } catch let error as StoreError where error.isPassing {
            logger.warning(
                "cannot write to the database for now; nothing is lost, records wait where they are",
                metadata: ["path": "\(error.path)", "reason": "\(error.reason)"])
            while !stop.isRaised {
                var source = pollfd(fd: stop.descriptor.number, events: Int16(POLLIN), revents: 0)
                poll(&source, 1, Self.retryMilliseconds)
                do {
                    try intake.flush()
                    return logger.warning("writing to the database again")
                } catch let error as StoreError where error.isPassing {}
            }
        }
    }

    /// Waits until there is something to read or to do.
    private func wait(for stop: StopRequest, until tick: UInt64) throws {
        let now = Clock.now()
        let patience = min(intake.patience ?? .max, tick > now ? tick - now : 0)
        var sources = [
            pollfd(fd: pipe.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop.descriptor.number, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = Int32(clamping: (patience + 999_999) / 1_000_000)
        guard poll(&sources, nfds_t(sources.count), milliseconds) >= 0 || errno == EINTR else {
            throw CollectorError(.system, "cannot wait for \(pipe.path)", errno: errno)
        }
    }

    /// Reads until nothing is there or the time is over.
    private func drain(for limit: UInt64) throws {
        let end = Clock.now() + limit
        while Clock.now() < end {
            let got = try pipe.read(into: buffer)
            guard got > 0 else { return }
            intake.take(UnsafeRawBufferPointer(rebasing: buffer[..<got]), from: &source)
            try intake.flushIfDue()
        }
    }
}
