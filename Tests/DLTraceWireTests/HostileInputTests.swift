// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Testing

/// Whoever can write the pipe may write anything: never a trap, and what is whole stays.
@Suite struct HostileInputTests {
    private static let before = Samples.unload(1, stream: 77)
    private static let after = Samples.unload(2, stream: 77)

    private static func between(_ bytes: some Collection<UInt8>) -> [UInt8] {
        RecordEncoder.encode(before) + bytes + RecordEncoder.encode(after)
    }

    /// Where the records in whole bytes end.
    private static func ends(_ bytes: [UInt8]) -> [Int] {
        var ends: [Int] = []
        while (ends.last ?? 0) < bytes.count {
            let start = ends.last ?? 0
            ends.append(start + Int(bytes[start + 8]) + Int(bytes[start + 9]) << 8)
        }
        return ends
    }

    @Test("Golden bytes cut anywhere leave their neighbours whole")
    func truncation() throws {
        for name in try GoldenFiles.names() {
            let bytes = try GoldenFiles.bytes(name)
            let ends = Self.ends(bytes)
            for length in 0..<bytes.count {
                let alone = Decoded(Array(bytes.prefix(length)))
                #expect(alone.records.isEmpty)
                #expect(alone.broken.isEmpty == (length == 0))
                // Less than four bytes of the next magic number look like the last bytes of a text.
                guard !ends.contains(where: { length < $0 && length + 4 > $0 }),
                    length % 7 == 0 || length < 300
                else { continue }
                let decoded = Decoded(Self.between(bytes.prefix(length)))
                #expect(
                    decoded.records == [Self.before, Self.after], "\(name) cut at \(length)")
            }
        }
    }

    @Test("Any flipped bit in golden bytes leaves their neighbours whole")
    func flippedBits() throws {
        for name in try GoldenFiles.names() where name != "dlopen-long" {
            let bytes = try GoldenFiles.bytes(name)
            for index in bytes.indices {
                for bit in 0..<8 {
                    var flipped = bytes
                    flipped[index] ^= 1 << bit
                    let decoded = Decoded(Self.between(flipped))
                    #expect(decoded.records.contains(Self.before), "\(name) \(index).\(bit)")
                    #expect(decoded.records.contains(Self.after), "\(name) \(index).\(bit)")
                }
            }
        }
    }

    @Test("Any changed byte in an event of parts leaves its neighbours whole")
    func changedBytes() throws {
        let bytes = try GoldenFiles.bytes("dlopen-long")
        for index in bytes.indices where index < 1300 || (4096..<4300).contains(index) {
            for value: UInt8 in [0, 0xff, bytes[index] ^ 0x10] {
                var changed = bytes
                changed[index] = value
                let decoded = Decoded(Self.between(changed))
                #expect(decoded.records.contains(Self.before), "byte \(index)")
                #expect(decoded.records.contains(Self.after), "byte \(index)")
            }
        }
    }

    @Test("Random bytes, and records with random damage, are decoded the same in any pieces")
    func random() throws {
        var generator = SeededGenerator(seed: 20_261_121)
        let golden = try Samples.golden()
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let choice = golden.randomElement(using: &generator) ?? golden[0]
                let record = RecordEncoder.encode(choice)
                bytes += record.prefix(Int.random(in: 0...record.count, using: &generator))
                let noise = Int.random(in: 0...40, using: &generator)
                bytes += (0..<noise).map { _ in UInt8.random(in: 0...255, using: &generator) }
            }
            for _ in 0..<Int.random(in: 0...5, using: &generator) {
                guard let index = bytes.indices.randomElement(using: &generator) else { continue }
                bytes[index] = UInt8.random(in: 0...255, using: &generator)
            }
            let sizes = (0..<50).map { _ in Int.random(in: 1...300, using: &generator) }
            let whole = Decoded(bytes)
            #expect(Decoded(bytes, pieces: sizes) == whole)
            let broken = whole.broken.reduce(0) { $0 + $1.skipped }
            #expect(broken <= UInt64(bytes.count))
        }
    }

    @Test("Every byte is part of a record or reported")
    func accounting() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let records = (1...20).map { Samples.unload(UInt64($0)) }
            var bytes = RecordEncoder.encode(records)
            for _ in 0..<4 {
                bytes[Int.random(in: bytes.indices, using: &generator)] ^= 0xff
            }
            let decoded = Decoded(bytes)
            let broken = decoded.broken.reduce(0) { $0 + $1.skipped }
            #expect(decoded.records.count * 72 + Int(broken) == bytes.count)
        }
    }
}
