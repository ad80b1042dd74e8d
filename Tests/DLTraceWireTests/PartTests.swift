// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Testing

@Suite struct PartTests {
    private static let record = Samples.open(
        5, name: WireText(bytes: (0..<9000).map { UInt8($0 % 251) }))

    private static func parts(_ record: Record = record) -> [[UInt8]] {
        let bytes = RecordEncoder.encode(record, bodyMax: 1024)
        return stride(from: 0, to: bytes.count, by: 1088).map {
            Array(bytes[$0..<min($0 + 1088, bytes.count)])
        }
    }

    @Test("Parts among other records are joined")
    func interleaved() {
        let others = (100..<120).map { Samples.unload($0, stream: 1) }
        var bytes: [UInt8] = []
        for (index, part) in Self.parts().enumerated() {
            bytes += part + RecordEncoder.encode(others[index])
        }
        let decoded = Decoded(bytes)
        #expect(decoded.broken.isEmpty)
        #expect(decoded.records.contains(Self.record))
        #expect(decoded.records.count == Self.parts().count + 1)
    }

    @Test("Parts may come in any order and more than once")
    func shuffled() {
        let parts = Self.parts()
        let decoded = Decoded(([parts[2], parts[2]] + parts.reversed()).flatMap { $0 })
        #expect(decoded.records == [Self.record])
    }

    @Test("An event whose parts never all come is reported at its first part")
    func missing() {
        let bytes = RecordEncoder.encode(Samples.unload(1)) + Self.parts().dropLast().flatMap { $0 }
        let decoded = Decoded(bytes)
        #expect(decoded.records == [Samples.unload(1)])
        #expect(
            decoded.broken == [
                BrokenInput(
                    offset: 72, skipped: UInt64(bytes.count - 72), reason: .missingParts,
                    stream: Samples.stream, seq: 5, pid: 7)
            ])
    }

    @Test("Parts that contradict each other are dropped")
    func contradiction() {
        var other = Self.record
        other.header.timeNs = 1
        let bytes = Self.parts()[0] + Self.parts(other)[1] + RecordEncoder.encode(Samples.unload(9))
        let decoded = Decoded(bytes)
        #expect(decoded.records == [Samples.unload(9)])
        #expect(decoded.broken.map(\.reason) == [.badParts])
    }

    @Test("A flood of events that never end takes bounded memory, and the oldest are given up")
    func flood() {
        var decoder = WireDecoder()
        var given: [UInt64] = []
        for seq in 1...5000 as ClosedRange<UInt64> {
            var record = Self.record
            record.header.seq = seq
            decoder.feed(Self.parts(record)[0]) { input in
                if case .broken(let broken) = input { given.append(broken.seq ?? 0) }
            }
        }
        #expect(given == Array(1...(5000 - 1024)))
    }
}
