// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// Small records to build streams from.
enum Samples {
    static let stream: UInt64 = 0x1111_2222_3333_4444

    static func unload(_ seq: UInt64, stream: UInt64 = stream) -> Record {
        Record(
            header: RecordHeader(kind: .unload, pid: 7, stream: stream, seq: seq),
            body: .unload(Record.Unload(generation: UInt32(seq))))
    }

    static func open(_ seq: UInt64, name: WireText, stream: UInt64 = stream) -> Record {
        Record(
            header: RecordHeader(kind: .dlopen, pid: 7, stream: stream, seq: seq),
            body: .dlopen(Record.Open(name: name, flags: 2, stack: WireStack([1, 2, 3]))))
    }

    /// One record of every golden file.
    static func golden() throws -> [Record] {
        try GoldenFiles.names().flatMap { Decoded(try GoldenFiles.bytes($0)).records }
    }
}
