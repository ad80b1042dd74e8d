// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import Testing

@Suite struct DecoderTests {
    @Test("Bytes may come in pieces of any size", arguments: [1, 2, 3, 7, 63, 64, 65, 500, 4097])
    func pieces(size: Int) throws {
        let records = try Samples.golden()
        let bytes = [0xff, 0x44] + RecordEncoder.encode(records) + [0x44, 0x4c]
        let decoded = Decoded(bytes, pieces: [size])
        #expect(decoded == Decoded(bytes))
        #expect(decoded.records == records)
        #expect(decoded.broken.map(\.offset) == [0, UInt64(bytes.count - 2)])
        #expect(decoded.broken.map(\.skipped) == [2, 2])
    }

    @Test("A kind that came later is passed on with its header")
    func unknownKind() {
        var bytes = RecordEncoder.encode([Samples.unload(1), Samples.unload(2)])
        bytes[6] = 200
        let decoded = Decoded(bytes)
        #expect(decoded.broken.isEmpty)
        #expect(decoded.records.map(\.body) == [.unknown(kind: 200), Samples.unload(2).body])
        #expect(decoded.records.map(\.header.seq) == [1, 2])
    }

    @Test("Enumerators that came later do not break a record")
    func unknownEnumerators() {
        var record = Samples.unload(3)
        record.header.phaseNumber = 99
        record.body = .function(Record.Function(function: 1, typeNumber: 99))
        record.header.kind = RecordKind.function.rawValue
        let decoded = Decoded(RecordEncoder.encode(record))
        #expect(decoded.records == [record])
        #expect(decoded.records.first?.header.phase == nil)
    }

    @Test("Garbage between records is reported with its place, once")
    func garbage() {
        let first = RecordEncoder.encode(Samples.unload(1))
        let garbage = [UInt8](repeating: 0x44, count: 1000)
        let bytes = first + garbage + RecordEncoder.encode(Samples.unload(2))
        let decoded = Decoded(bytes, pieces: [10])
        #expect(decoded.records == [Samples.unload(1), Samples.unload(2)])
        #expect(
            decoded.broken
                == [BrokenInput(offset: UInt64(first.count), skipped: 1000, reason: .noMagic)])
    }

    @Test("Another version's record is passed over, and the next one read")
    func otherVersion() {
        var bytes = RecordEncoder.encode([Samples.unload(1), Samples.unload(2)])
        bytes[4] = 2
        let decoded = Decoded(bytes)
        #expect(decoded.records == [Samples.unload(2)])
        #expect(
            decoded.broken == [
                BrokenInput(
                    offset: 0, skipped: 72, reason: .version(2), stream: Samples.stream, seq: 1,
                    pid: 7)
            ])
    }

    @Test(
        "A length that lies costs one record, never its neighbours",
        arguments: [0, 8, 63, 65, 80, 88, 200, 4088, 4096, 4104, 65536])
    func lyingLength(length: Int) {
        let neighbours = (1...60).map { Samples.unload($0, stream: 99) }
        var bytes = RecordEncoder.encode(Samples.unload(1))
        for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
        let decoded = Decoded(bytes + RecordEncoder.encode(neighbours), pieces: [100])
        #expect(decoded.records == neighbours)
        #expect(decoded.broken.count == 1)
        #expect(decoded.broken.first?.offset == 0)
        #expect(decoded.broken.first?.skipped == 72)
        #expect(decoded.broken.first?.stream == Samples.stream)
        #expect(decoded.broken.first?.seq == 1)
    }

    @Test("Lengths inside a body that lie cost one record")
    func lyingBody() {
        let name = WireText(bytes: Array(repeating: 0x78, count: 13))
        let whole = RecordEncoder.encode(Samples.open(1, name: name))
        // name_bytes, then the number of frames.
        for place in [64 + 12, 64 + 16] {
            for value: UInt8 in [0, 1, 12, 14, 100, 255] {
                var bytes = whole
                bytes[place] = value
                let decoded = Decoded(bytes + RecordEncoder.encode(Samples.unload(2)))
                #expect(decoded.records == [Samples.unload(2)])
                #expect(decoded.broken.map(\.reason) == [.body])
            }
        }
    }

    @Test("A record that was not written to its end costs itself")
    func cutShort() {
        let first = RecordEncoder.encode(Samples.open(1, name: "/some/name/of/a/library.so"))
        let next = [Samples.unload(2), Samples.unload(3)]
        // Of the next magic number there must be enough inside to be told from a name's last letters.
        for length in 1..<(first.count - 3) {
            let decoded = Decoded(first.prefix(length) + RecordEncoder.encode(next))
            #expect(decoded.records == next, "cut after \(length) bytes")
            #expect(decoded.broken.count == 1)
            #expect(decoded.broken.first?.offset == 0)
            #expect(decoded.broken.first?.skipped == UInt64(length))
        }
    }

    @Test("What the input ends in is reported, and records after a lying length still found")
    func truncatedTail() {
        var bytes = RecordEncoder.encode(Samples.unload(1))
        bytes[8] = 0
        bytes[9] = 0x10
        let decoded = Decoded(bytes + RecordEncoder.encode(Samples.unload(2)))
        #expect(decoded.records == [Samples.unload(2)])
        #expect(decoded.broken.map(\.reason) == [.truncated])
        #expect(decoded.broken.map(\.skipped) == [72])
    }

    @Test("Offsets count on after a finish")
    func offsetsAfterFinish() {
        var decoder = WireDecoder()
        var offsets: [UInt64] = []
        let sink: WireDecoder.Sink = {
            guard case .broken(let input) = $0 else { return }
            offsets.append(input.offset)
        }
        decoder.feed([1, 2, 3], sink)
        decoder.finish(sink)
        decoder.feed([4, 5], sink)
        decoder.finish(sink)
        #expect(offsets == [0, 3])
    }
}
