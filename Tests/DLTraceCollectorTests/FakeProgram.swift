// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// Records as a traced program would write them.
struct FakeProgram {
    /// No process has this number: it is above every limit of the kernel's.
    static let nobody: Int32 = 0x7fff_ffff

    let pid: UInt32
    let stream: UInt64
    private(set) var seq: UInt64 = 0

    init(pid: Int32, stream: UInt64 = .random(in: 1...(.max))) {
        self.pid = UInt32(bitPattern: pid)
        self.stream = stream
    }

    mutating func hello(at time: UInt64 = 1) -> [UInt8] {
        encode(
            .hello(Record.Hello(realtimeNs: 1_000_000 + time, executable: "/bin/fake")), .hello,
            time)
    }

    mutating func bye(status: Int32 = 0) -> [UInt8] {
        encode(.bye(Record.Bye(status: status)), .bye, 9_000)
    }

    /// A record of no consequence.
    mutating func event() -> [UInt8] {
        encode(.fork(Record.Fork(childStream: 0)), .fork, 2)
    }

    /// What stays above all numbers that were given out, without being one of them.
    func lost(records: UInt64, seq: UInt64) -> [UInt8] {
        let header = RecordHeader(kind: .lost, pid: pid, stream: stream, seq: seq, timeNs: 3)
        return RecordEncoder.encode(
            Record(header: header, body: .lost(Record.Lost(records: records))))
    }

    private mutating func encode(
        _ body: Record.Body, _ kind: RecordKind, _ time: UInt64
    ) -> [UInt8] {
        seq += 1
        let header = RecordHeader(kind: kind, pid: pid, stream: stream, seq: seq, timeNs: time)
        return RecordEncoder.encode(Record(header: header, body: body))
    }
}
