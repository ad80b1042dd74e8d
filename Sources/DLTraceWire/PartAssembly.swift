// SPDX-License-Identifier: Apache-2.0

/// Joins the parts of events that need more than one record, in bounded memory.
struct PartAssembly {
    /// What adding a part led to.
    enum Outcome {
        /// More parts must come.
        case incomplete
        /// All are there: the whole body.
        case complete([UInt8], offset: UInt64)
        /// It does not go with the parts before it, which are dropped too.
        case contradiction(BrokenInput)
    }

    private struct Key: Hashable {
        let stream: UInt64
        let seq: UInt64
    }

    private struct Event {
        let header: RecordHeader
        let offset: UInt64
        let age: UInt64
        var chunks: [[UInt8]?]
        var missing: Int
        /// The memory it takes.
        var bytes: Int
        var wireBytes: UInt64 = 0

        func broken(_ reason: BrokenInput.Reason) -> BrokenInput {
            BrokenInput(
                offset: offset, skipped: wireBytes, reason: reason, stream: header.stream,
                seq: header.seq, pid: header.pid)
        }
    }

    private static let eventsMax = 1024
    private static let bytesMax = 8 << 20
    /// What an event and each of its parts take besides the bytes of their bodies.
    private static let eventOverhead = 256
    private static let partOverhead = 48

    private var events: [Key: Event] = [:]
    /// The memory that incomplete events take.
    private(set) var bytes = 0
    private var age: UInt64 = 0

    mutating func add(
        _ header: RecordHeader, part: Int, of parts: Int, body: UnsafeRawBufferPointer,
        offset: UInt64, wireBytes: Int
    ) -> Outcome {
        let key = Key(stream: header.stream, seq: header.seq)
        var event: Event
        if let known = events.removeValue(forKey: key) {
            event = known
            bytes -= known.bytes
        } else {
            age &+= 1
            event = Event(
                header: header, offset: offset, age: age,
                chunks: [[UInt8]?](repeating: nil, count: parts), missing: parts,
                bytes: Self.eventOverhead + parts * MemoryLayout<[UInt8]?>.stride)
        }
        event.wireBytes &+= UInt64(wireBytes)
        guard header == event.header, parts == event.chunks.count else {
            return .contradiction(event.broken(.badParts))
        }
        // A part that is sent anew says what it said before.
        if event.chunks[part] == nil {
            event.chunks[part] = Array(body)
            event.missing -= 1
            event.bytes += body.count + Self.partOverhead
        }
        guard event.missing > 0 else {
            return .complete(event.chunks.flatMap { $0 ?? [] }, offset: event.offset)
        }
        bytes += event.bytes
        events[key] = event
        return .incomplete
    }

    /// Gives up the oldest incomplete event where there is more than memory is meant for.
    mutating func giveUpOldest() -> BrokenInput? {
        guard events.count > Self.eventsMax || bytes > Self.bytesMax,
            let oldest = events.min(by: { $0.value.age < $1.value.age })
        else { return nil }
        events.removeValue(forKey: oldest.key)
        bytes -= oldest.value.bytes
        return oldest.value.broken(.missingParts)
    }

    /// Gives up all incomplete events.
    mutating func giveUpAll() -> [BrokenInput] {
        let given = events.values.sorted { $0.age < $1.age }.map { $0.broken(.missingParts) }
        events.removeAll()
        bytes = 0
        return given
    }
}
