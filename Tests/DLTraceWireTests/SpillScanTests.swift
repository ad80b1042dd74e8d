// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceWire
import Testing

@Suite("How far a spill file was written")
struct SpillScanTests {
    /// A record of `size` bytes that begins with the magic number.
    private static func record(_ size: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 7, count: size)
        withUnsafeBytes(of: UInt32(DLT_WIRE_MAGIC).littleEndian) {
            bytes.replaceSubrange(0..<4, with: $0)
        }
        withUnsafeBytes(of: UInt32(size).littleEndian) { bytes.replaceSubrange(8..<12, with: $0) }
        return bytes
    }

    private static func scan(_ bytes: [UInt8]) -> SpillScan {
        bytes.withUnsafeBytes { SpillScan($0) }
    }

    @Test("Whole records count, part of one does not")
    func written() {
        let two = Self.record(72) + Self.record(4096)
        #expect(Self.scan([]) == .written(0))
        #expect(Self.scan(two) == .written(4168))
        #expect(Self.scan(Array(two.dropLast(8))) == .written(72))
        #expect(Self.scan(two + Array(Self.record(64).prefix(32))) == .written(4168))
    }

    @Test("Zero where a record would begin was not written; zero in a record is part of it")
    func unwritten() {
        var record = Self.record(80)
        record.replaceSubrange(16..<80, with: repeatElement(0, count: 64))
        let bytes = record + [UInt8](repeating: 0, count: 64) + Self.record(64)
        #expect(Self.scan(bytes) == .unwritten(80))
        #expect(bytes.withUnsafeBytes { SpillScan.next(in: $0, from: 80) } == 144)
        #expect(bytes[..<144].withUnsafeBytes { SpillScan.next(in: $0, from: 80) } == nil)
    }

    @Test("An end marker ends the file, whatever lies behind it")
    func ended() {
        var bytes = Self.record(64)
        withUnsafeBytes(of: UInt32(DLT_WIRE_SPILL_END).littleEndian) { bytes += $0 }
        bytes += [1, 2, 3, 4] + Self.record(64)
        #expect(Self.scan(bytes) == .ended(64))
    }

    @Test("What is no record is for the decoder to report")
    func garbage() {
        var lying = Self.record(64)
        lying[8] = 9
        #expect(Self.scan(lying + Self.record(64)) == .written(128))
        #expect(Self.scan([UInt8](repeating: 0xee, count: 24)) == .written(24))
    }
}
