// SPDX-License-Identifier: Apache-2.0

/// A core file made by hand, with a lie in it.
struct HostileCore: CustomStringConvertible, Sendable {
    let description: String
    let bytes: [UInt8]
    /// How long the file is to be, with a hole behind the bytes; 0: as long as the bytes.
    var fileSize: UInt64 = 0

    private static let load: UInt32 = 1
    private static let note: UInt32 = 4
    private static let headerSize: UInt64 = 64

    private struct Segment {
        var type: UInt32
        var offset: UInt64 = 0
        var address: UInt64 = 0
        var fileSize: UInt64 = 0
        var memorySize: UInt64 = 0
    }

    static let all: [HostileCore] = {
        // NT_PRSTATUS of a thread, as the kernel writes it.
        let status = noteBytes(type: 1, size: 336, [UInt8](repeating: 0xff, count: 336))
        let files = UInt64.max / 24
        return [
            core("nothing in it", []),
            core("segments that are not there", [], count: 0xfffe),
            core("four billion segments", [], count: 0xffff, section: .max),
            core("notes of 2^64-1 bytes", [Segment(type: note, offset: 64, fileSize: .max)]),
            core("notes at 2^64-1", [Segment(type: note, offset: .max, fileSize: 64)]),
            core(
                "a note of 4 GiB", [], notes: noteBytes(type: 1, size: .max, [1, 2, 3])),
            core(
                "a name of 4 GiB", [], notes: [0xff, 0xff, 0xff, 0xff] + [0, 0, 0, 0, 1, 0, 0, 0]),
            core("a thread with half its registers", [], notes: Array(status.prefix(100))),
            core(
                "ten thousand threads", [],
                notes: Array(repeatElement(status, count: 10_000).joined())),
            core(
                "a list of 2^64 / 24 files", [],
                notes: status
                    + noteBytes(type: 0x4649_4c45, size: 16, little(files) + little(UInt64(4096)))),
            core(
                "a signal of one byte", [],
                notes: status + noteBytes(type: 0x5349_4749, size: 1, [11])),
            core(
                "an auxiliary vector that leads nowhere", [],
                notes: status
                    + noteBytes(
                        type: 6, size: 32,
                        little(UInt64(3)) + little(UInt64.max) + little(UInt64(5))
                            + little(UInt64.max))),
            core(
                "memory of 2^64 bytes",
                [Segment(type: load, offset: 64, address: 0, fileSize: .max, memorySize: .max)],
                notes: status),
            core(
                "memory that wraps",
                [
                    Segment(
                        type: load, offset: 0, address: .max - 4095, fileSize: 4096,
                        memorySize: 1 << 40)
                ], notes: status),
            core(
                "five thousand segments in one place",
                Array(
                    repeating: Segment(
                        type: load, offset: 0, address: 0x1000, fileSize: 64, memorySize: 1 << 30),
                    count: 5_000), notes: status),
            core(
                "a hole of a terabyte",
                [
                    Segment(
                        type: load, offset: 0, address: 0x1000, fileSize: 1 << 40,
                        memorySize: 1 << 40)
                ], notes: status, fileSize: 1 << 40),
        ]
    }()

    // MARK: - Bytes

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func noteBytes(type: UInt32, size: UInt32, _ content: [UInt8]) -> [UInt8] {
        let padding = (4 - content.count % 4) % 4
        return little(UInt32(5)) + little(size) + little(type) + Array("CORE\0\0\0\0".utf8)
            + content
            + [UInt8](repeating: 0, count: padding)
    }

    /// A core file of these segments, with one more for the notes if there are any.
    private static func core(
        _ description: String, _ segments: [Segment], notes: [UInt8] = [], count: UInt16? = nil,
        section: UInt32? = nil, fileSize: UInt64 = 0
    ) -> HostileCore {
        var segments = segments
        if !notes.isEmpty {
            segments.append(
                Segment(
                    type: note, offset: headerSize + 56 * UInt64(segments.count + 1),
                    fileSize: UInt64(notes.count)))
        }
        let sectionOffset = section == nil ? 0 : headerSize + 56 * UInt64(segments.count)
        var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + little(UInt64(0))
        bytes += little(UInt16(4)) + little(UInt16(62)) + little(UInt32(1)) + little(UInt64(0))
        bytes += little(headerSize) + little(sectionOffset) + little(UInt32(0)) + little(UInt16(64))
        bytes += little(UInt16(56)) + little(count ?? UInt16(segments.count)) + little(UInt16(64))
        bytes += little(UInt16(section == nil ? 0 : 1)) + little(UInt16(0))
        for segment in segments {
            bytes += little(segment.type) + little(UInt32(4)) + little(segment.offset)
            bytes += little(segment.address) + little(UInt64(0)) + little(segment.fileSize)
            bytes += little(segment.memorySize) + little(UInt64(4096))
        }
        bytes += notes
        if let section {
            // sh_info of the first section is the number of segments where e_phnum has no room for it.
            bytes += [UInt8](repeating: 0, count: 44) + little(section)
            bytes += [UInt8](repeating: 0, count: 16)
        }
        return HostileCore(description: description, bytes: bytes, fileSize: fileSize)
    }
}
