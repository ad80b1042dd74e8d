// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire

/// Changes streams of records so that they stay streams of records, with lies in them.
///
/// Flipped and inserted bytes alone mostly make a header that no decoder accepts.
package struct RecordMutator {
    /// Changes bytes in place, up to a size; gives the new size.
    package typealias ByteMutator = (inout [UInt8], Int) -> Void

    private static let headerSize = MemoryLayout<dlt_wire_header>.size
    private static let bodyMax = Int(DLT_WIRE_RECORD_MAX) - headerSize
    private static let align = Int(DLT_WIRE_ALIGN)
    private static let numbers: [UInt64] = [
        0, 1, 2, 3, 255, 4096, 1 << 16, 1 << 31, 1 << 32, 1 << 47, 1 << 62, 1 << 63, .max - 1, .max,
    ]

    private var generator: SeededGenerator
    private let mutateBytes: ByteMutator

    /// A mutator whose choices follow from a seed.
    package init(seed: UInt64, mutateBytes: @escaping ByteMutator) {
        generator = SeededGenerator(seed: seed)
        self.mutateBytes = mutateBytes
    }

    /// Changes a stream.
    ///
    /// - Returns: at most `maxSize` bytes.
    package mutating func mutate(_ bytes: [UInt8], maxSize: Int) -> [UInt8] {
        var pieces = Self.pieces(bytes)
        guard !pieces.isEmpty, !chance(of: 3) else {
            var bytes = bytes
            mutateBytes(&bytes, maxSize)
            return bytes
        }
        for _ in 0..<Int.random(in: 1...3, using: &generator) { mutate(&pieces) }
        return Array(pieces.joined().prefix(maxSize))
    }

    // MARK: - Records

    /// The records, and what lies between them.
    private static func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            let rest = bytes[position...]
            let length = header(rest).map { Int($0.length) } ?? min(align, rest.count)
            pieces.append(Array(rest.prefix(length)))
            position += length
        }
        return pieces
    }

    /// The header that bytes begin with; nil where it says that there are more than there are.
    private static func header(_ bytes: ArraySlice<UInt8>) -> dlt_wire_header? {
        guard bytes.count >= headerSize else { return nil }
        let header = bytes.withUnsafeBytes { $0.loadUnaligned(as: dlt_wire_header.self) }
        guard header.magic == DLT_WIRE_MAGIC, header.length >= headerSize,
            header.length <= bytes.count
        else { return nil }
        return header
    }

    private mutating func mutate(_ pieces: inout [[UInt8]]) {
        guard let index = pieces.indices.randomElement(using: &generator) else { return }
        let other = Int.random(in: pieces.indices, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: pieces.swapAt(index, other)
        case 1: pieces.insert(pieces[index], at: other)
        case 2: pieces.remove(at: index)
        case 3: split(&pieces, at: index)
        case 4...6: changeHeader(&pieces[index], like: pieces[other])
        default: changeBody(&pieces[index])
        }
    }

    private mutating func changeBody(_ record: inout [UInt8]) {
        guard var header = Self.header(record[...]) else {
            return mutateBytes(&record, record.count + Self.align)
        }
        let padding = min(Int(header.body_padding), record.count - Self.headerSize)
        var body = Array(record[Self.headerSize...].dropLast(padding))
        mutateBytes(&body, Self.bodyMax)
        record = Self.record(&header, body)
    }

    /// Changes a field: to what another record has, or to what is at the edge of something.
    private mutating func changeHeader(_ record: inout [UInt8], like model: [UInt8]) {
        guard var header = Self.header(record[...]) else { return }
        let other = Self.header(model[...]) ?? header
        let number = Self.numbers.randomElement(using: &generator) ?? 0
        let near = UInt64(bitPattern: Int64.random(in: -3...3, using: &generator))
        let isCopied = Bool.random(using: &generator)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: header.stream = isCopied ? other.stream : number
        case 1: header.seq = isCopied ? other.seq &+ near : number
        case 2: header.parent = isCopied ? other.seq &+ near : number
        case 3: header.pid = isCopied ? other.pid : UInt32(truncatingIfNeeded: number)
        case 4: header.kind = UInt16.random(in: 0...23, using: &generator)
        case 5: header.time_ns = isCopied ? other.time_ns &+ near : number
        case 6: header.parts = UInt16.random(in: 1...4, using: &generator)
        case 7: header.part = UInt16.random(in: 0...4, using: &generator)
        default: header.phase = UInt16.random(in: 0...6, using: &generator)
        }
        Self.write(header, to: &record)
    }

    /// Makes two parts of a record.
    private mutating func split(_ pieces: inout [[UInt8]], at index: Int) {
        guard var header = Self.header(pieces[index][...]), header.parts == 1 else { return }
        let padding = min(Int(header.body_padding), pieces[index].count - Self.headerSize)
        let body = Array(pieces[index][Self.headerSize...].dropLast(padding))
        let half = Int.random(in: 0...body.count, using: &generator) & ~(Self.align - 1)
        header.parts = 2
        let first = Self.record(&header, Array(body[..<half]))
        header.part = 1
        let second = Self.record(&header, Array(body[half...]))
        pieces.replaceSubrange(index...index, with: [first, second])
    }

    private mutating func chance(of number: Int) -> Bool {
        Int.random(in: 0..<number, using: &generator) == 0
    }

    // MARK: - Bytes

    /// A record with the right lengths.
    private static func record(_ header: inout dlt_wire_header, _ body: [UInt8]) -> [UInt8] {
        let padding = (align - body.count % align) % align
        header.length = UInt32(headerSize + body.count + padding)
        header.body_padding = UInt16(padding)
        var record = [UInt8](repeating: 0, count: headerSize)
        write(header, to: &record)
        return record + body + repeatElement(0, count: padding)
    }

    private static func write(_ header: dlt_wire_header, to record: inout [UInt8]) {
        withUnsafeBytes(of: header) { record.replaceSubrange(0..<headerSize, with: $0) }
    }
}
