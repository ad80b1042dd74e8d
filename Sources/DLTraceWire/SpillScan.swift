// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire

/// How far a stretch of a spill file was written.
///
/// Programs write through a mapping of a file that has its full size from the start: what is zero where a record
/// would begin was not written yet (a record's magic number is stored last), and `DLT_WIRE_SPILL_END` says that
/// the rest is in another file.
package enum SpillScan: Equatable {
    /// Records as far as these bytes; where there are more bytes, they are part of a record.
    case written(Int)
    /// Nothing behind these bytes yet, or no more: a record that was begun and never finished.
    case unwritten(Int)
    /// These bytes are the last ones, and more will not come.
    case ended(Int)

    /// Walks the records from the start of `bytes`, which is where a record begins. Bytes that are neither a
    /// record nor unwritten count as written: the decoder reports them. As long as it is not final, a LOST record
    /// does not count.
    package init(_ bytes: UnsafeRawBufferPointer, isFinal: Bool = false) {
        let step = WireFormat.align
        var position = 0
        while position + step <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
            if word == 0 {
                self = .unwritten(position)
                return
            }
            if word == DLT_WIRE_SPILL_END {
                self = .ended(position)
                return
            }
            guard word == WireFormat.magic, position + WireFormat.headerSize <= bytes.count else {
                if word == WireFormat.magic { break }
                position += step
                continue
            }
            let kind = bytes.loadUnaligned(fromByteOffset: position + 6, as: UInt16.self)
            // Its count may still grow.
            if kind == UInt16(DLT_WIRE_LOST.rawValue), !isFinal { break }
            let length = Int(
                bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt32.self))
            let isLength =
                length >= WireFormat.headerSize && length <= WireFormat.recordMax
                && length % step == 0
            guard !isLength || position + length <= bytes.count else { break }
            position += isLength ? length : step
        }
        self = .written(position)
    }

    /// The first byte at or behind `start` in a multiple of 8 that is not zero; nil where all are.
    package static func next(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        stride(from: start, to: bytes.count - WireFormat.align + 1, by: WireFormat.align).first {
            bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self) != 0
        }
    }
}
