// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// What a decoder makes of some bytes, from the first to the last.
struct Decoded: Equatable {
    var records: [Record] = []
    var broken: [BrokenInput] = []

    /// Decodes bytes that come in pieces of these sizes, the last one again and again.
    init(_ bytes: [UInt8], pieces: [Int] = [1 << 20]) {
        var decoder = WireDecoder()
        var sizes = pieces
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = max(1, sizes.count > 1 ? sizes.removeFirst() : sizes[0])
            decoder.feed(Array(rest.prefix(size))) { add($0) }
            rest = rest.dropFirst(size)
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
