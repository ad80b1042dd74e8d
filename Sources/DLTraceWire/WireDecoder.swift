// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import Glibc

/// Turns the bytes of one source, a pipe or a spill file, into records.
///
/// Bytes may come in any pieces. Whatever they are, it neither traps nor takes unbounded memory: what is
/// no record is passed over up to the next magic number, and reported with its place.
package struct WireDecoder: Sendable {
    /// Receives what was decoded, in the order of the source.
    package typealias Sink = (DecodedInput) -> Void

    /// Where in the source the first byte of `pending` was.
    private var offset: UInt64 = 0
    /// The beginning of a record whose rest has not come; less than a record.
    private var pending: [UInt8] = []
    /// Bytes passed over that are not reported yet: those that follow may belong to them.
    private var broken: BrokenInput?
    private var parts = PartAssembly()
    /// The stream that the source is of; 0: none; nil: any.
    private let owner: UInt64?

    /// A decoder at the start of a source.
    ///
    /// - Parameter owner: the stream that the source is of, where it is of one, which is 0 if it can't be told: what it
    ///   says of another one's losses is not true, and what is broken in it is its own.
    package init(of owner: UInt64? = nil) {
        self.owner = owner
    }

    /// Takes the bytes that follow on those before.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer, _ sink: Sink) {
        var bytes = bytes
        while !pending.isEmpty, !bytes.isEmpty {
            let had = pending.count
            let taken = min(bytes.count, WireFormat.recordMax)
            var joined = pending
            pending = []
            joined.append(contentsOf: bytes[..<taken])
            let used = joined.withUnsafeBytes { decode($0, isEnd: false, sink) }
            offset &+= UInt64(used)
            if used >= had {
                bytes = UnsafeRawBufferPointer(rebasing: bytes[(used - had)...])
            } else {
                // Still in what was pending: it needs more than there is.
                pending = Array(joined[used...])
                bytes = UnsafeRawBufferPointer(rebasing: bytes[taken...])
            }
        }
        guard !bytes.isEmpty else { return }
        let used = decode(bytes, isEnd: false, sink)
        offset &+= UInt64(used)
        pending = Array(bytes[used...])
    }

    /// Takes the bytes that follow on those before.
    package mutating func feed(_ bytes: [UInt8], _ sink: Sink) {
        bytes.withUnsafeBytes { feed($0, sink) }
    }

    /// Passes over bytes of the source that hold nothing, between two records.
    package mutating func skip(_ count: UInt64) {
        offset &+= count
    }

    /// Reports what never became whole. Bytes fed after this are a new piece of the same source.
    package mutating func finish(_ sink: Sink) {
        let rest = pending
        pending = []
        let used = rest.withUnsafeBytes { decode($0, isEnd: true, sink) }
        offset &+= UInt64(used)
        report(sink)
        giveUpEvents(sink)
    }

    /// The memory that events take of which parts are missing.
    package var eventBytes: Int { parts.bytes }

    /// Reports the events of which parts are missing, and forgets them.
    package mutating func giveUpEvents(_ sink: Sink) {
        for input in parts.giveUpAll() { sink(.broken(input)) }
    }

    // MARK: - Records

    /// Decodes as far as the bytes go.
    ///
    /// - Returns: how many are done with; all of them at the end of the source.
    private mutating func decode(
        _ bytes: UnsafeRawBufferPointer, isEnd: Bool, _ sink: Sink
    ) -> Int {
        var position = 0
        while position < bytes.count {
            let start = Self.magic(in: bytes, from: position)
            if start > position {
                passOver(position, start)
                position = start
                continue
            }
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            guard let length = lengthOfRecord(rest, at: position, sink) else {
                position += 4
                continue
            }
            guard rest.count >= length else {
                guard isEnd else { return position }
                let skipped = min(4, rest.count)
                begin(position, skipped, .truncated, rest, sink)
                position += skipped
                continue
            }
            let record = UnsafeRawBufferPointer(rebasing: rest[..<length])
            if let inner = Self.innerRecord(record) {
                begin(position, inner, .cutShort, record, sink)
                position += inner
            } else if decode(record: record, at: position, sink) {
                position += length
            } else {
                begin(position, 4, .body, record, sink)
                position += 4
            }
        }
        return position
    }

    /// The length of the record that begins with these bytes, or what there must be to tell it; nil, and
    /// noted as broken, where none begins.
    private mutating func lengthOfRecord(
        _ bytes: UnsafeRawBufferPointer, at position: Int, _ sink: Sink
    ) -> Int? {
        guard bytes.count >= WireFormat.headerSize else { return WireFormat.headerSize }
        let header = bytes.loadUnaligned(as: dlt_wire_header.self)
        let reason: BrokenInput.Reason? =
            if header.version != WireFormat.version {
                .version(header.version)
            } else if !Self.isLength(header.length) {
                .length(header.length)
            } else if header.parts == 0 || header.parts > WireFormat.partsMax
                || header.part >= header.parts || header.stream == 0 || header.seq == 0
                || Int(header.body_padding) >= WireFormat.align
                || Int(header.body_padding) > Int(header.length) - WireFormat.headerSize
            {
                .header
            } else if header.kind == UInt16(DLT_WIRE_LOST.rawValue), let owner,
                header.stream != owner
            {
                .othersLoss
            } else {
                nil
            }
        guard let reason else { return Int(header.length) }
        begin(position, 4, reason, bytes, sink)
        return nil
    }

    private static func isLength(_ length: UInt32) -> Bool {
        length >= WireFormat.headerSize && length <= WireFormat.recordMax
            && length % UInt32(WireFormat.align) == 0
    }

    /// Decodes one whole record.
    ///
    /// - Returns: false where its body is malformed.
    private mutating func decode(
        record: UnsafeRawBufferPointer, at position: Int, _ sink: Sink
    ) -> Bool {
        let wire = record.loadUnaligned(as: dlt_wire_header.self)
        let header = RecordHeader(
            kindNumber: wire.kind, version: wire.version, pid: wire.pid, tid: wire.tid,
            stream: wire.stream, seq: wire.seq, timeNs: wire.time_ns, parent: wire.parent,
            phaseNumber: wire.phase)
        let end = record.count - Int(wire.body_padding)
        guard record[end...].allSatisfy({ $0 == 0 }) else { return false }
        let body = UnsafeRawBufferPointer(rebasing: record[WireFormat.headerSize..<end])
        guard wire.parts > 1 else {
            guard let body = try? BodyDecoder.decode(kind: wire.kind, body) else { return false }
            report(sink)
            sink(.record(Record(header: header, body: body)))
            return true
        }
        report(sink)
        let outcome = parts.add(
            header, part: Int(wire.part), of: Int(wire.parts), body: body,
            offset: offset &+ UInt64(position), wireBytes: record.count)
        switch outcome {
        case .incomplete:
            while let given = parts.giveUpOldest() { sink(.broken(given)) }
        case .complete(let bytes, let first):
            let body = bytes.withUnsafeBytes { try? BodyDecoder.decode(kind: wire.kind, $0) }
            if let body {
                sink(.record(Record(header: header, body: body)))
            } else {
                let input = BrokenInput(
                    offset: first, skipped: UInt64(bytes.count), reason: .body,
                    stream: header.stream, seq: header.seq, pid: header.pid)
                sink(.broken(input))
            }
        case .contradiction(let input):
            sink(.broken(input))
        }
        return true
    }

    // MARK: - Finding a place again

    /// Where the magic number, or what the input has of it, is next; the end where it is not.
    private static func magic(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return bytes.count }
        let first = Int32(WireFormat.magic & 0xff)
        var position = start
        while position < bytes.count {
            if isMagic(bytes, at: position) { return position }
            let next = position + 1
            guard next < bytes.count, let found = memchr(base + next, first, bytes.count - next)
            else { return bytes.count }
            position = base.distance(to: found)
        }
        return bytes.count
    }

    /// Whether the magic number is there, or the input ends in what can become it.
    private static func isMagic(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
        if bytes.count - position >= 4 {
            let number = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
            return number == WireFormat.magic
        }
        return (position..<bytes.count).allSatisfy { index in
            bytes[index] == UInt8(truncatingIfNeeded: WireFormat.magic >> (8 * (index - position)))
        }
    }

    /// Where inside a record another one begins, so that this one was not written to its end.
    private static func innerRecord(_ record: UnsafeRawBufferPointer) -> Int? {
        var position = magic(in: record, from: 4)
        while position < record.count {
            if isHeader(UnsafeRawBufferPointer(rebasing: record[position...])) { return position }
            position = magic(in: record, from: position + 1)
        }
        return nil
    }

    /// Whether these bytes, after the magic number, look like a header as far as they go.
    private static func isHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 4 else { return false }
        if bytes.count >= 6,
            bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self) != WireFormat.version
        {
            return false
        }
        return bytes.count < 12 || isLength(bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    // MARK: - Broken input

    /// Notes that a record is broken, of which `count` bytes are passed over for now.
    private mutating func begin(
        _ position: Int, _ count: Int, _ reason: BrokenInput.Reason,
        _ bytes: UnsafeRawBufferPointer, _ sink: Sink
    ) {
        report(sink)
        var input = BrokenInput(
            offset: offset &+ UInt64(position), skipped: UInt64(count), reason: reason)
        if bytes.count >= WireFormat.headerSize {
            let header = bytes.loadUnaligned(as: dlt_wire_header.self)
            if header.stream != 0 {
                (input.stream, input.seq, input.pid) = (header.stream, header.seq, header.pid)
            }
        }
        broken = owned(input)
    }

    /// Notes bytes that belong to no record, or to the broken one right before them.
    private mutating func passOver(_ from: Int, _ to: Int) {
        let count = UInt64(to - from)
        if broken != nil {
            broken?.skipped &+= count
        } else {
            broken = owned(
                BrokenInput(offset: offset &+ UInt64(from), skipped: count, reason: .noMagic))
        }
    }

    private func owned(_ input: BrokenInput) -> BrokenInput {
        guard let owner, owner != 0 else { return input }
        var input = input
        input.stream = owner
        return input
    }

    private mutating func report(_ sink: Sink) {
        guard let input = broken else { return }
        broken = nil
        sink(.broken(input))
    }
}
