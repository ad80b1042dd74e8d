// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// Core files and the processes of a trace.
@Suite("Core files")
struct CoreTests {
    private static let program: UInt64 = 0x40_0000
    private static let loader: UInt64 = 0x7f00_0000_0000
    private static let libc: UInt64 = 0x7f00_0100_0000
    private static let plugin: UInt64 = 0x7f00_4000_0000

    /// The core file of a stale call, but for what is given.
    private func core(
        pid: Int64 = 4711, signal: Int64? = 11, program: UInt64 = program,
        writtenUnixNs: Int64? = nil,
        stack: [UInt64] = [plugin + 0x500, 0x40_01a0], faultAddress: UInt64? = plugin + 0x500
    ) -> CoreImage {
        func module(_ path: String, _ start: UInt64) -> CoreImage.Module {
            CoreImage.Module(path: path, start: start, buildID: "", isReadable: true)
        }
        let delta = program &- Self.program
        return CoreImage(
            path: "core", pid: pid, writtenUnixNs: writtenUnixNs, signal: signal, code: 1,
            faultAddress: faultAddress, isTruncated: false,
            modules: [
                module("/opt/demo/host", program),
                module("/lib64/ld-linux-x86-64.so.2", Self.loader &+ delta),
                module("/lib/x86_64-linux-gnu/libc.so.6", Self.libc &+ delta),
            ],
            threads: [
                CoreImage.Thread(
                    id: 4711,
                    places: stack.map {
                        CoreImage.Place(
                            address: $0, path: nil, fileAddress: nil, isUnloaded: false,
                            functions: [])
                    }, obstacle: nil)
            ], missing: [])
    }

    private func asking<Answer>(
        _ scenarios: [(TraceFixture) throws -> Void], _ body: (Analyzer) throws -> Answer
    ) throws -> Answer {
        let (analyzer, fixture) = try Asking.analyzer { fixture in
            for scenario in scenarios { try scenario(fixture) }
            try fixture.makeIndexes()
        }
        return try withExtendedLifetime(fixture) { try body(analyzer) }
    }

    private func answer(
        _ core: CoreImage, _ scenario: @escaping (TraceFixture) throws -> Void
    ) throws -> CoreAnswer {
        try asking([scenario]) { analyzer in
            try analyzer.explain(
                core, of: analyzer.match(core, among: nil), naming: FakeNaming())
        }
    }

    @Test("a process is told by its pid and by where its libraries lie")
    func matching() throws {
        try asking([{ try $0.staleCall() }, { try $0.clean() }]) { analyzer in
            let certain = try analyzer.match(core(pid: 4712), among: nil)
            #expect(certain.process.id == 2)
            #expect(certain.certainty == .certain)
            #expect(certain.librariesInPlace == 3)
            #expect(certain.librariesElsewhere == 0)
            // In another pid namespace.
            #expect(try analyzer.match(core(pid: 7), among: nil).certainty == .likely)
            // Another process of the same program, in its own places.
            let error = #expect(throws: AnalysisError.self) {
                try analyzer.match(core(pid: 7, program: 0x55_0000), among: nil)
            }
            #expect(error?.code == .noSuchCore)
            let given = try analyzer.match(core(pid: 7, program: 0x55_0000), among: .id(1))
            #expect(given.certainty == .doubtful)
            #expect(try analyzer.match(core(pid: 7), among: .id(1)).certainty == .given)
        }
    }

    @Test("a fault in an unloaded library: who opened and who unloaded it")
    func unloaded() throws {
        let answer = try answer(core()) { try $0.staleCall() }
        let cause = try #require(answer.cause)
        #expect(cause.part == .pc)
        #expect(cause.places.first?.library.path == "/opt/demo/libplug.so")
        #expect(cause.open?.stack.first?.symbol == "load_plugin")
        #expect(cause.close?.stack.first?.symbol == "unload_plugin")
        let frames = try #require(answer.threads.first).frames
        #expect(frames.map(\.state) == [.unloaded, .mapped])
        #expect(frames.first?.functions.map(\.name) == ["plugin_callback"])
        #expect(frames.last?.library == "/opt/demo/host")
        #expect(answer.findings.map(\.rule).contains("use-after-unload"))
    }

    @Test("the address that was touched, or a return address, may be what is gone")
    func parts() throws {
        let touched = try answer(core(stack: [0x40_01a0])) { try $0.staleCall() }
        #expect(touched.cause?.part == .address)
        let returning = try answer(
            core(stack: [0x40_01a0, Self.plugin + 0x10], faultAddress: 8)
        ) { try $0.staleCall() }
        #expect(returning.cause?.part == .frame)
        let other = try answer(core(stack: [0x40_01a0], faultAddress: 8)) { try $0.staleCall() }
        #expect(other.cause == nil)
    }

    @Test("what a process that went on did later does not count")
    func madeBefore() throws {
        // The fixture's events are a microsecond apart; the third load of clean() is event 18.
        func state(_ micros: Int64) throws -> FrameState? {
            let written: Int64 = 1_790_000_000_000_000_001 + micros * 1000
            let core = core(signal: 19, writtenUnixNs: written, stack: [Self.plugin + 0x500])
            return try answer(core) { try $0.clean() }.threads.first?.frames.first?.state
        }
        #expect(try state(19) == .mapped)
        #expect(try state(100) == .unloaded)
    }
}
