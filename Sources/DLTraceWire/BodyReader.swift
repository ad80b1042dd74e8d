// SPDX-License-Identifier: Apache-2.0

/// Reads one body front to back; whatever its lengths say, it stays inside.
struct BodyReader {
    /// The lengths in a body contradict each other.
    struct Malformed: Error {}

    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func value<Value: BitwiseCopyable>(_: Value.Type) throws(Malformed) -> Value {
        let size = MemoryLayout<Value>.size
        guard rest.count >= size else { throw Malformed() }
        let value = rest.loadUnaligned(as: Value.self)
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        return value
    }

    mutating func bytes(_ count: UInt32) throws(Malformed) -> [UInt8] {
        guard let count = Int(exactly: count), count <= rest.count else { throw Malformed() }
        guard count > 0 else { return [] }
        let bytes = Array(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return bytes
    }

    mutating func text(_ count: UInt32) throws(Malformed) -> WireText {
        WireText(bytes: try bytes(count))
    }

    /// Texts that each end in a zero; the last one may lack it.
    mutating func texts(_ count: UInt32) throws(Malformed) -> [WireText] {
        let bytes = try bytes(count)
        guard !bytes.isEmpty else { return [] }
        var texts = bytes.split(separator: 0, omittingEmptySubsequences: false)
        if texts.last?.isEmpty == true { texts.removeLast() }
        return texts.map { WireText(bytes: Array($0)) }
    }

    mutating func addresses(_ count: UInt16) throws(Malformed) -> [UInt64] {
        let count = Int(count)
        let size = count * 8
        guard count <= WireFormat.framesMax, size <= rest.count else { throw Malformed() }
        guard count > 0 else { return [] }
        let source = rest
        let addresses = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[..<size]))
            initialized = count
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        return addresses
    }
}
