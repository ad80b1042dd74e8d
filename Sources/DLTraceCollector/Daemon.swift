// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Logging

/// Collects from every program that writes to a well-known FIFO: `dltrace daemon`.
package final class Daemon {
    private let paths: TracePaths
    private let logger: Logger
    private let lock: FileLock
    private let collector: Collector

    /// Takes the place: makes the FIFO, opens the database, owns the spill folder.
    ///
    /// A FIFO that a killed daemon left behind is used again.
    /// - Throws: `CollectorError` where another daemon has the place, or the place is unsafe; `StoreError`.
    package init(paths: TracePaths, maxBytes: UInt64? = nil, logger: Logger) throws {
        self.paths = paths
        self.logger = logger
        try paths.preparePipeFolder()
        let lockPath = paths.pipe + ".lock"
        guard let lock = try FileLock(path: lockPath, patience: .none) else {
            let holder = FileLock.holder(of: lockPath).map { " (process \($0))" } ?? ""
            throw CollectorError(
                .busy, "cannot collect at \(paths.pipe)", "another daemon\(holder) does",
                advice: "stop it first, or name another FIFO with --pipe or DLTRACE_PIPE")
        }
        lock.sign()
        self.lock = lock
        try paths.prepareDatabaseFolder()
        let retention = maxBytes.map {
            Retention(maxBytes: $0, spillFolder: paths.spillFolder, logger: logger)
        }
        let intake = try Intake.opening(paths.database, retention: retention)
        let spill = try SpillFolder.owned(paths.spillFolder)
        if spill == nil {
            logger.warning(
                "another daemon owns the spill folder", metadata: ["path": "\(paths.spillFolder)"])
        }
        collector = Collector(
            pipe: try TracePipe(path: paths.pipe), intake: intake, spill: spill, logger: logger)
    }

    /// Collects until SIGTERM, SIGINT or SIGHUP, or until the request is raised; then takes in what is
    /// left, unless another signal asks to leave it, removes the FIFO and closes the database.
    ///
    /// To be called on the main thread while there is no other one.
    /// - Parameters:
    ///   - paths: where the FIFO, the spill folder and the database are.
    ///   - maxBytes: what the database is to be kept below; nil for no limit.
    ///   - logger: for warnings.
    ///   - progress: told how far taking in what is left is.
    ///   - onReady: called once programs can write.
    /// - Returns: what was collected.
    /// - Throws: `CollectorError`, `StoreError`.
    package static func run(
        paths: TracePaths, maxBytes: UInt64? = nil, logger: Logger,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }, onReady: () -> Void
    ) throws -> Collector.Summary {
        StandardStreams.reserve()
        let signals = SignalSet(blocking: [SIGTERM, SIGINT, SIGHUP, SIGCHLD])
        defer { signals.restore() }
        let daemon = Handover(
            try Daemon(paths: paths, maxBytes: maxBytes, logger: logger))
        let stop = try StopRequest()
        let main = pthread_self()
        // SIGCHLD wakes this thread when the other one ends by itself, which is when it fails.
        let thread = OwnThread {
            ThreadPriority.yieldToPrograms()
            return try daemon.take().collect(until: stop, progress: progress)
        }
        let handle = try thread.start(atEnd: { pthread_kill(main, SIGCHLD) })
        onReady()
        Supervisor.tell("READY=1")
        while !thread.isFinished, signals.next().number == SIGCHLD {}
        Supervisor.tell("STOPPING=1")
        stop.raise()
        // A second one ends it at once.
        while !thread.isFinished { if signals.next().number != SIGCHLD { stop.abandon() } }
        return try thread.join(handle)
    }

    /// Collects until the request is raised.
    package func collect(
        until stop: StopRequest, progress: @escaping (Progress) -> Void = { _ in }
    ) throws -> Collector.Summary {
        defer { withExtendedLifetime(lock) {} }
        return try collector.run(until: stop, progress: progress)
    }
}
