// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceWire
import FuzzSupport

/// The input as bytes of a FIFO, in one piece and in many, and as a spill file.
@_cdecl("LLVMFuzzerTestOneInput")
public func decode(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    let whole = Decoding(bytes)
    var generator = SeededGenerator(bytes)
    let inPieces = Decoding(bytes, upTo: Int.random(in: 1...5000, using: &generator), &generator)
    check(inPieces == whole, "other records in pieces than in whole")
    check(whole.skipped <= UInt64(size), "more bytes passed over than there are")
    for record in whole.records where record.body.kind != nil {
        let encoded = RecordEncoder.encode(record)
        // Numbers that look like a header are one where what the encoder leaves out had kept them from it.
        guard !holdsHeader(encoded) else { continue }
        let again = encoded.withUnsafeBytes { Decoding($0) }
        check(again.records == [record] && again.broken.isEmpty, "\(record) is not encoded")
    }
    for isFinal in [false, true] { scan(bytes, isFinal: isFinal) }
    return 0
}

/// Whether the magic number is in a record besides at the start of its parts.
private func holdsHeader(_ record: [UInt8]) -> Bool {
    let magic = withUnsafeBytes(of: UInt32(DLT_WIRE_MAGIC).littleEndian) { Array($0) }
    let parts = (record.count + Int(DLT_WIRE_RECORD_MAX) - 1) / Int(DLT_WIRE_RECORD_MAX)
    return record.indices.count { record[$0...].starts(with: magic) } > parts
}

/// What a decoder makes of bytes.
private struct Decoding: Equatable {
    var records: [Record] = []
    var broken: [BrokenInput] = []

    var skipped: UInt64 { broken.reduce(0) { $0 + $1.skipped } }

    init(_ bytes: UnsafeRawBufferPointer) {
        var decoder = WireDecoder()
        decoder.feed(bytes) { add($0) }
        decoder.finish { add($0) }
    }

    init(_ bytes: UnsafeRawBufferPointer, upTo most: Int, _ generator: inout SeededGenerator) {
        var decoder = WireDecoder()
        var rest = bytes
        while !rest.isEmpty {
            let size = min(Int.random(in: 1...most, using: &generator), rest.count)
            decoder.feed(UnsafeRawBufferPointer(rebasing: rest[..<size])) { add($0) }
            rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        }
        decoder.finish { add($0) }
    }

    private mutating func add(_ input: DecodedInput) {
        switch input {
        case .record(let record): records.append(record)
        case .broken(let input): broken.append(input)
        }
    }
}

/// Walks a spill file as the collector does, and decodes what was written.
private func scan(_ bytes: UnsafeRawBufferPointer, isFinal: Bool) {
    var decoder = WireDecoder()
    var rest = bytes
    func pass(_ count: Int) {
        check(count >= 0 && count <= rest.count, "\(count) of \(rest.count) bytes written")
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    while !rest.isEmpty {
        switch SpillScan(rest, isFinal: isFinal) {
        case .written(let count), .ended(let count):
            decoder.feed(UnsafeRawBufferPointer(rebasing: rest[..<count])) { _ in }
            decoder.finish { _ in }
            return
        case .unwritten(let count):
            decoder.feed(UnsafeRawBufferPointer(rebasing: rest[..<count])) { _ in }
            guard let next = SpillScan.next(in: rest, from: count) else { return }
            check(next > count, "no progress")
            decoder.skip(UInt64(next - count))
            pass(next)
        }
    }
}
