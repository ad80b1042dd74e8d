// SPDX-License-Identifier: Apache-2.0

import CDLTraceWire
import DLTraceWire
import Testing

@testable import DLTraceCollector

/// What a spill file says of its end and of losses may be untrue: that is its own process's affair.
@Suite("Lies at the end of spill files")
struct SpillLieTests {
    /// What ends a file that another one follows.
    private static let end: [UInt8] =
        withUnsafeBytes(of: UInt32(DLT_WIRE_SPILL_END).littleEndian) { Array($0) } + [0, 0, 0, 0]

    /// Takes in a file of an honest process, and that of a liar, which has what `lie` makes behind two records.
    private func check(
        isTold: Bool, reason: String? = nil, events: Int64, lost: Int64,
        _ lie: (inout FakeProgram, FakeProgram) -> [UInt8]
    ) throws {
        let folder = try TestFolder()
        let paths = try TracePaths(
            environment: EnvironmentBlock(["XDG_STATE_HOME=\(folder.path)"]))
        try paths.prepareSpillFolder()
        var honest = FakeProgram(pid: FakeProgram.nobody, stream: 0xa)
        var liar = FakeProgram(pid: FakeProgram.nobody - 1, stream: 0xb)
        try folder.write(
            "dltrace/spill/\(honest.pid)-a.spill", honest.hello() + honest.event() + honest.bye())
        let bytes = liar.hello() + liar.event()
        try folder.write("dltrace/spill/\(liar.pid)-b.spill", bytes + lie(&liar, honest))
        try SpillFolder.takeInAll(paths: paths)
        let trace = try Trace(paths.database)
        let complete = "SELECT lost_records * 2 + is_complete FROM process_summary WHERE pid = "
        #expect(try trace.number(complete + "\(honest.pid)") == 1)
        #expect(try trace.events(of: honest.stream) == 3)
        #expect(try trace.events(of: liar.stream) == events)
        let losses = "SELECT lost_records FROM process_summary WHERE pid = \(liar.pid)"
        #expect(try trace.number(losses) == lost)
        #expect(try trace.number("SELECT COUNT(*) > 0 FROM broken_input") == (isTold ? 1 : 0))
        if let reason {
            #expect(try trace.texts("SELECT reason FROM broken_input").contains(reason))
        }
        #expect(folder.names("dltrace/spill") == [])
    }

    @Test(
        "A LOST with a number that no process reaches is refused",
        arguments: [.max, 1 << 63, 1 << 33])
    func number(seq: UInt64) throws {
        try check(
            isTold: true,
            reason: "pid \(FakeProgram.nobody - 1)'s record \(seq) can't follow record 2",
            events: 2, lost: 0
        ) { liar, _ in liar.lost(records: 5, seq: seq) }
    }

    @Test("Of several LOST each says how far the numbers went until then")
    func several() throws {
        try check(isTold: false, events: 4, lost: 16) { liar, _ in
            liar.lost(records: 3, seq: 10) + liar.lost(records: 4, seq: 20)
                + liar.lost(records: 4, seq: 20) + liar.lost(records: .max, seq: 10)
        }
    }

    @Test("A LOST of another process is no loss of that one, by whatever number it is written")
    func others() throws {
        let reason =
            "it tells of losses of another process than this file's; it claims to be of pid "
        try check(
            isTold: true, reason: reason + "\(FakeProgram.nobody)", events: 2, lost: 0
        ) { _, honest in honest.lost(records: 7, seq: 1_000) }
        try check(
            isTold: true, reason: reason + "\(FakeProgram.nobody - 1)", events: 2, lost: 0
        ) { liar, honest in
            FakeProgram(pid: Int32(liar.pid), stream: honest.stream).lost(records: 7, seq: 1_000)
        }
    }

    @Test("Behind an end there is nothing")
    func afterEnd() throws {
        try check(isTold: false, events: 2, lost: 0) { liar, honest in
            Self.end + liar.event() + honest.lost(records: 1, seq: 9) + Self.end
        }
    }

    @Test("What lies behind a hole, or where no record can begin, costs nobody else anything")
    func holes() throws {
        try check(isTold: false, events: 3, lost: 0) { liar, _ in
            [UInt8](repeating: 0, count: 4_096) + liar.event() + [UInt8](repeating: 0, count: 64)
        }
        try check(isTold: true, events: 2, lost: 0) { liar, _ in
            [UInt8](repeating: 0xee, count: 5) + liar.event()
        }
    }
}
