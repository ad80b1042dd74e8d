// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import Glibc

/// The file beside a spill folder in which processes that could map no spill file say how many records they
/// made: what is missing of them is then known, whatever was full.
final class Ledger {
    private typealias Slot = dlt_wire_ledger_slot

    /// A slot whose process is gone and whose records were taken in.
    private struct Taken {
        let index: Int
        let stream: UInt64
    }

    private static let helloOffset = MemoryLayout<Slot>.offset(of: \.hello_header) ?? 0
    private static let lostOffset = MemoryLayout<Slot>.offset(of: \.lost_header) ?? 0
    private static let slotsMax = Int(DLT_WIRE_LEDGER_BYTES) / MemoryLayout<Slot>.stride
    /// A start time is rounded to clock ticks.
    private static let startTolerance = 1.0

    private let path: String
    private var taken: [Taken] = []
    private let startSeconds: (pid_t) -> Double?

    /// The ledger of a spill folder.
    ///
    /// - Parameters:
    ///   - folder: the spill folder's path.
    ///   - startSeconds: tells when a process was started, in seconds of the epoch; nil where there is none.
    init(
        of folder: String, startSeconds: @escaping (pid_t) -> Double? = ProcessTable.startSeconds
    ) {
        path = folder + DLT_WIRE_LEDGER_SUFFIX
        self.startSeconds = startSeconds
    }

    /// Whether a name in a folder is that of a ledger.
    static func isLedger(_ name: String) -> Bool { name.hasSuffix(DLT_WIRE_LEDGER_SUFFIX) }

    /// Makes it where there is none and there is room for it.
    func make() {
        guard let file = Descriptor(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW) else { return }
        if posix_fallocate(file.number, 0, off_t(DLT_WIRE_LEDGER_BYTES)) != 0 { unlink(path) }
    }

    /// Whether any process has a slot.
    var isUsed: Bool {
        guard let file = open(O_RDONLY) else { return false }
        return slots(file).contains { owner(of: $0) != 0 }
    }

    // MARK: - Taking in

    /// Takes in what processes that are gone left here; their slots become free once all of it is in the
    /// database.
    func takeIn(to intake: Intake) throws {
        guard let file = open(O_RDONLY) else { return }
        taken.removeAll()
        let gone = slots(file).enumerated().filter { isGone($0.element, file) }.map(\.offset)
        guard !gone.isEmpty else { return }
        // Read anew: a process that is gone by now may have written to its slot since.
        let final = slots(file)
        // Of a process that executed another program there may be two.
        let order = gone.filter(final.indices.contains)
            .sorted { header(of: final[$0]).time_ns < header(of: final[$1]).time_ns }
        for index in order {
            take(final[index], intake)
            taken.append(Taken(index: index, stream: header(of: final[index]).stream))
        }
        try intake.flush()
        free(unless: intake.waitingStreams)
    }

    private func take(_ slot: ArraySlice<UInt8>, _ intake: Intake) {
        var source = Intake.Source(name: path)
        let room = Self.lostOffset - Self.helloOffset
        let length = min(Int(header(of: slot).length), room)
        let lostSize = MemoryLayout<Slot>.size - Self.lostOffset
        for (offset, count) in [(Self.helloOffset, length), (Self.lostOffset, lostSize)] {
            let bytes = slot.dropFirst(offset).prefix(count)
            // A magic number that is not there: the process was killed before it had written the rest.
            let magic = bytes.prefix(MemoryLayout<UInt32>.size)
            guard magic.contains(where: { $0 != 0 }) else { continue }
            bytes.withUnsafeBytes { intake.take($0, from: &source) }
        }
        intake.finish(&source)
        intake.noteGone(behind: source)
    }

    /// Frees the slots that were taken in last, of which everything is in the database now.
    ///
    /// - Parameter waiting: streams of which something is not.
    func free(unless waiting: Set<UInt64> = []) {
        guard !taken.isEmpty, let file = open(O_RDWR) else { return }
        defer { taken.removeAll { !waiting.contains($0.stream) } }
        let size = MemoryLayout<Slot>.stride
        let zeros = [UInt8](repeating: 0, count: size)
        let ownerSize = MemoryLayout<UInt64>.size
        for slot in taken where !waiting.contains(slot.stream) {
            let offset = off_t(slot.index * size)
            // The owner last: then the slot is free.
            pwrite(file.number, zeros, size - ownerSize, offset + off_t(ownerSize))
            pwrite(file.number, zeros, ownerSize, offset)
        }
    }

    /// Removes the file where nobody uses it.
    ///
    /// - Returns: whether it is gone.
    func removeIfUnused() -> Bool {
        guard let file = open(O_RDONLY) else { return true }
        var isRemoved = false
        FileLease.whileNobodyWrites(file) {
            guard !slots(file).contains(where: { owner(of: $0) != 0 }) else { return }
            isRemoved = unlink(path) == 0
        }
        return isRemoved
    }

    // MARK: - Slots

    private func open(_ flags: Int32) -> Descriptor? {
        guard let file = Descriptor(path, flags | O_NOFOLLOW | O_NONBLOCK),
            let status = file.status(),
            status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid()
        else { return nil }
        return file
    }

    private func slots(_ file: Descriptor) -> [ArraySlice<UInt8>] {
        let size = MemoryLayout<Slot>.stride
        let bytes = FileBytes.read(file, upTo: Self.slotsMax * size) ?? []
        return (0..<bytes.count / size).map { bytes[$0 * size..<($0 + 1) * size] }
    }

    private func owner(of slot: ArraySlice<UInt8>) -> UInt64 {
        slot.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    private func header(of slot: ArraySlice<UInt8>) -> dlt_wire_header {
        slot.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: Self.helloOffset, as: dlt_wire_header.self)
        }
    }

    /// Whether a slot's process is gone: by its number where that is of our pid namespace, else when
    /// nobody has the file open any more.
    private func isGone(_ slot: ArraySlice<UInt8>, _ file: Descriptor) -> Bool {
        let owner = owner(of: slot)
        guard owner != 0 else { return false }
        var namespace = stat()
        guard stat("/proc/self/ns/pid", &namespace) == 0,
            owner >> 32 == UInt64(UInt32(truncatingIfNeeded: namespace.st_ino))
        else { return FileLease.isGranted(file) }
        guard let start = startSeconds(pid_t(truncatingIfNeeded: owner)) else { return true }
        let offset = MemoryLayout<Slot>.offset(of: \.hello) ?? 0
        let said = slot.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: offset, as: dlt_wire_hello.self)
        }
        return said.realtime_ns != 0
            && start > Double(said.realtime_ns) / 1e9 + Self.startTolerance
    }
}
