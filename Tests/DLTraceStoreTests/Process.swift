// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// Makes the records of one process image, one seq after the other.
struct Process {
    let stream: UInt64
    let pid: UInt32
    private(set) var seq: UInt64 = 0
    private(set) var records: [DLTraceWire.Record] = []

    init(stream: UInt64, pid: UInt32) {
        self.stream = stream
        self.pid = pid
    }

    /// Adds a record.
    @discardableResult
    mutating func add(
        _ body: DLTraceWire.Record.Body, parent: UInt64 = 0, phase: Phase? = nil
    ) -> DLTraceWire.Record {
        seq += 1
        var header = RecordHeader(
            kind: body.kind ?? .hello, pid: pid, tid: pid + 1, stream: stream, seq: seq,
            timeNs: 1000 + seq, parent: parent, phase: phase)
        if case .unknown(let kind) = body { header.kind = kind }
        let record = DLTraceWire.Record(header: header, body: body)
        records.append(record)
        return record
    }

    @discardableResult
    mutating func hello(parent: UInt64 = 0, parentSeq: UInt64 = 0) -> DLTraceWire.Record {
        add(
            .hello(
                .init(
                    realtimeNs: 1_700_000_000_000_000_000, parentStream: parent,
                    parentSeq: parentSeq, ppid: 3, executable: "/bin/prog",
                    arguments: ["prog", "a \"b\"", "\u{1b}"], interposerVersion: "0.1.0")))
    }

    @discardableResult
    mutating func load(
        _ generation: UInt32, _ path: WireText, at start: UInt64, size: UInt64 = 0x1000,
        origin: LibraryOrigin = .file, parent: UInt64 = 0
    ) -> DLTraceWire.Record {
        add(
            .load(
                .init(
                    linkMap: start + 1, base: start, start: start, end: start + size,
                    generation: generation, originNumber: origin.rawValue, properties: [.hasFini],
                    path: path, soname: "so", buildID: [0xab, 0x01], needed: ["libc.so.6", "x"])),
            parent: parent)
    }

    @discardableResult
    mutating func unload(_ generation: UInt32, parent: UInt64 = 0) -> DLTraceWire.Record {
        add(.unload(.init(generation: generation)), parent: parent)
    }

    @discardableResult
    mutating func open(
        _ name: WireText?, from addresses: [UInt64] = [], flags: StackFlags = []
    ) -> DLTraceWire.Record {
        add(.dlopen(.init(name: name, flags: 2, stack: WireStack(addresses, flags: flags))))
    }

    @discardableResult
    mutating func bye(_ status: Int32 = 0) -> DLTraceWire.Record {
        add(.bye(.init(status: status)))
    }
}
