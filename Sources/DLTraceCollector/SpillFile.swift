// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceWire
import Glibc

/// One process's spill file, which may still grow.
struct SpillFile {
    /// Tells a file from another one of the same name.
    struct Identity: Equatable {
        let device: dev_t
        let inode: ino_t
    }

    let identity: Identity
    private let path: String
    /// How much of it was taken in.
    private var offset: UInt64 = 0
    /// Whether its end was reached, with another file behind it.
    private(set) var isFull = false
    /// Since when a record is missing at `offset`.
    private var hole: UInt64?
    private var source: Intake.Source

    /// `<pid>-<stream>.spill`, and `-<number>` or `-appended` behind the stream
    static let suffix = ".spill"
    private static let chunk = 1 << 18
    /// A thread needs nothing like it to finish a record.
    private static let holePatience: UInt64 = 10_000_000_000

    /// Starts at the beginning of a file.
    init(path: String, identity: Identity) {
        self.path = path
        self.identity = identity
        source = Intake.Source(name: path, of: Self.nameParts(path).stream)
    }

    /// Opens a spill file; nil for what is none: a link, a folder, a FIFO, another user's file.
    static func open(_ path: String) -> (file: Descriptor, identity: Identity)? {
        guard let file = Descriptor(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            let status = file.status(),
            status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid()
        else { return nil }
        return (file, Identity(device: status.st_dev, inode: status.st_ino))
    }

    /// The time of its first record. One that has none yet comes last: the process may have written its last
    /// word in an earlier one.
    static func begun(_ file: Descriptor) -> UInt64 {
        let time = MemoryLayout<dlt_wire_header>.offset(of: \.time_ns) ?? 0
        let begun = FileBytes.read(file, at: UInt64(time), count: MemoryLayout<UInt64>.size)
            .map { UInt64(littleEndian: $0.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }) }
        return begun.flatMap { $0 == 0 ? nil : $0 } ?? .max
    }

    /// What is to be expected of a file after it was taken in.
    enum State {
        /// Its process may add to it.
        case growing
        /// Its process goes on in another file.
        case full
        /// Its process is gone.
        case abandoned
    }

    /// Takes in what was not yet; the last of it is not written yet.
    mutating func takeIn(_ file: Descriptor, to intake: Intake) throws -> State {
        // Looked up before the last byte is read: what a process wrote before its end is then read.
        let isAbandoned = isAbandoned(file)
        var failure: (any Error)?
        withUnsafeTemporaryAllocation(byteCount: Self.chunk, alignment: 8) { buffer in
            do {
                while !isFull {
                    let got = pread(file.number, buffer.baseAddress, buffer.count, off_t(offset))
                    if got < 0, errno == EINTR { continue }
                    guard got > 0 else { return }
                    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<got])
                    let isLast = got < buffer.count
                    guard
                        try take(
                            bytes, isFinal: isAbandoned, isLast: isLast && isAbandoned, intake)
                    else { return }
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard isAbandoned || isFull else { return .growing }
        intake.finish(&source)
        return isAbandoned ? .abandoned : .full
    }

    /// The memory that events take of which parts are missing.
    var eventBytes: Int { source.eventBytes }

    /// Goes on without these parts.
    mutating func giveUpEvents(_ intake: Intake) {
        intake.giveUpEvents(of: &source)
    }

    /// Takes in the records of a piece that begins at `offset`, and tells whether there is more to read.
    /// The last piece has nothing behind it, so that what is not whole in it is broken.
    private mutating func take(
        _ bytes: UnsafeRawBufferPointer, isFinal: Bool, isLast: Bool, _ intake: Intake
    ) throws -> Bool {
        func feed(_ count: Int) throws {
            guard count > 0 else { return }
            hole = nil
            intake.take(UnsafeRawBufferPointer(rebasing: bytes[..<count]), from: &source)
            offset += UInt64(count)
            try intake.flushIfDue()
        }
        switch SpillScan(bytes, isFinal: isFinal) {
        case .written(let count):
            try feed(isLast ? bytes.count : count)
            return count > 0 && !isLast
        case .ended(let count):
            try feed(count)
            isFull = true
            return false
        case .unwritten(let count):
            try feed(count)
            // Records behind it: what is missing is being written right now, or never will be.
            guard let next = SpillScan.next(in: bytes, from: count) else { return false }
            let since = hole ?? Clock.now()
            hole = since
            guard isLast || Clock.now() > since + Self.holePatience else { return false }
            hole = nil
            source.skip(UInt64(next - count))
            offset += UInt64(next - count)
            return true
        }
    }

    /// Whether it may have records of any of these streams.
    func mayHold(anyOf streams: Set<UInt64>) -> Bool { source.mayHold(anyOf: streams) }

    /// Notes the end of the process that wrote an abandoned file.
    func conclude(_ intake: Intake) {
        intake.noteGone(behind: source)
    }

    /// Removes the file, of which everything is in the database.
    func remove() {
        unlink(path)
    }

    /// Whether a file is there whose process is gone.
    static func isAbandoned(_ path: String) -> Bool {
        guard let (file, identity) = open(path) else { return false }
        return SpillFile(path: path, identity: identity).isAbandoned(file)
    }

    /// Whether the process that wrote the file is gone.
    ///
    /// Its number alone does not tell where it lives in another pid namespace: so nobody may have the file open
    /// for writing, which is when the kernel grants a lease for reading, and the process of that
    /// number must have ended, or have started after the last write to the file.
    private func isAbandoned(_ file: Descriptor) -> Bool {
        guard FileLease.isGranted(file) else { return false }
        guard let pid = writer, let status = file.status(),
            let start = ProcessTable.startSeconds(of: pid)
        else { return true }
        // The clock of file times is coarse, and the start time is rounded to clock ticks.
        return start > Double(status.st_mtim.tv_sec) + 1
    }

    /// The process that the file's name tells.
    private var writer: pid_t? { Self.nameParts(path).pid }

    /// What the name of a file tells: `PID-STREAM…`; 0 is no stream's number.
    private static func nameParts(_ path: String) -> (pid: pid_t?, stream: UInt64) {
        let name = path.split(separator: "/").last?.dropLast(suffix.count) ?? ""
        let parts = name.split(separator: "-", maxSplits: 2)
        return (
            parts.first.flatMap { pid_t($0) },
            parts.dropFirst().first.flatMap { UInt64($0, radix: 16) } ?? 0
        )
    }
}
