// SPDX-License-Identifier: Apache-2.0

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
    /// that it takes a tenth of the time.
    private static let tick: UInt64 = 100_000_000
    /// As long as there is something to read, the rest waits no longer than this.
    private static let readTime: UInt64 = 100_000_000
    private static let bufferSize = 1 << 18
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
        source = Intake.Source(name: pipe.path)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    }

    deinit {
        buffer.deallocate()
    }

    /// Collects until the request is raised; then takes in what is left, closes the FIFO so that programs that
    /// go on do so in their spill files, and closes the database.
    ///
    /// - Throws: `StoreError` where the database can't be written any more. The FIFO is closed then, too.
    package func run(until stop: StopRequest) throws -> Summary {
        do {
            try spill?.takeIn(to: intake)
            try collect(until: stop)
            pipe.unlink()
            try pipe.retire { try drain(for: Self.drainLimit) }
            try intake.finish(&source)
            if let child = stop.child { intake.expectWait(for: child.pid) }
            try spill?.takeIn(to: intake)
            let childWasTraced = try stop.child.map { try intake.noteWait($0) }
            try intake.noteGone(atEnd: true)
            try intake.finish()
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
            try drain(for: Self.readTime)
            if intake.patience == 0 { try intake.flush() }
            let now = Clock.now()
            guard now >= nextTick else { continue }
            try intake.noteGone()
            try spill?.takeIn(to: intake)
            try intake.passStale()
            let end = Clock.now()
            nextTick = end + max(Self.tick, (end - now) * 10)
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
            try intake.take(UnsafeRawBufferPointer(rebasing: buffer[..<got]), from: &source)
        }
    }
}
