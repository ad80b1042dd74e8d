// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// What lay at an address.
@Suite("Addresses")
struct AddressTests {
    private let plugin: UInt64 = 0x7f00_4000_0500

    private func answers(
        _ address: UInt64, in selection: ProcessSelection = .last, by event: Int64? = nil,
        naming: FakeNaming = FakeNaming(), isIndexed: Bool = true,
        _ scenario: @escaping (TraceFixture) throws -> Void
    ) throws -> [AddressAnswer] {
        let (analyzer, fixture) = try Asking.analyzer(
            scenario, { if isIndexed { try $0.makeIndexes() } })
        return try withExtendedLifetime(fixture) {
            try analyzer.addresses([address], in: selection, by: event, naming: naming)
        }
    }

    /// `file+offset state` of each place.
    private func words(_ answer: AddressAnswer?) -> [String] {
        (answer?.places ?? []).map { place in
            "\(place.library.path)+\(String(place.offset, radix: 16)) \(place.state)"
        }
    }

    @Test("a library that was unloaded, with its life and its name", arguments: [true, false])
    func unloaded(isIndexed: Bool) throws {
        let naming = FakeNaming()
        let answer = try #require(
            try answers(plugin, naming: naming, isIndexed: isIndexed) { try $0.staleCall() }.first)
        #expect(words(answer) == ["/opt/demo/libplug.so+500 unloaded"])
        let place = try #require(answer.places.first)
        #expect(place.name.functions.map(\.name) == ["plugin_callback"])
        #expect(naming.asked.isEmpty)
        #expect(place.library.loaded.event == 7)
        #expect(place.library.loaded.cause == 6)
        #expect(place.library.loaded.causeKind == "dlopen")
        #expect(place.library.finalizingPhase == "dlclose")
        #expect(place.library.unloaded?.event == 12)
        #expect(place.library.unloaded?.causeKind == "dlclose")
    }

    @Test("what the database has no name for is asked for, and nothing else")
    func named() throws {
        let naming = FakeNaming()
        let answer = try answers(plugin + 0x10, naming: naming) { try $0.staleCall() }.first
        #expect(naming.asked.map(\.fileAddress) == [0x510])
        #expect(answer?.places.first?.name.functions.map(\.name) == ["at_510"])
    }

    @Test("by an event, the library is in the state it had then")
    func byEvent() throws {
        func state(_ event: Int64) throws -> [String] {
            try words(answers(plugin, by: event) { try $0.staleCall() }.first)
        }
        #expect(try state(7) == [])
        #expect(try state(8) == ["/opt/demo/libplug.so+500 mapped"])
        #expect(try state(12) == ["/opt/demo/libplug.so+500 finalized"])
        #expect(try state(13) == ["/opt/demo/libplug.so+500 unloaded"])
    }

    @Test("of several that lay there the newest comes first")
    func generations() throws {
        let reused = try answers(plugin) { try $0.reusedAddress() }
        #expect(
            words(reused.first) == [
                "/opt/demo/libother.so+500 mapped", "/opt/demo/libplug.so+500 unloaded",
            ])
        let often = try answers(plugin) { fixture in
            try fixture.start()
            for _ in 0..<20 {
                try fixture.unload(
                    try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000))
            }
        }
        #expect(often.first?.places.count == 8)
        #expect(often.first?.earlierPlaces == 12)
        #expect(often.first?.places.map(\.library.generation) == Array((17...24).reversed()))
    }

    @Test("the edges of a library, and where never one lay")
    func edges() throws {
        func found(_ address: UInt64) throws -> [String] {
            try words(answers(address) { try $0.staleCall() }.first)
        }
        #expect(try found(0x7f00_4000_0000) == ["/opt/demo/libplug.so+0 unloaded"])
        #expect(try found(0x7f00_4000_ffff) == ["/opt/demo/libplug.so+ffff unloaded"])
        #expect(try found(0x7f00_4001_0000) == [])
        #expect(try found(0) == [])
        #expect(try found(.max) == [])
        #expect(try found(0x40_0120) == ["/opt/demo/host+120 mapped"])
    }

    @Test("a return address belongs to the call before it")
    func returnAddress() throws {
        let (analyzer, fixture) = try Asking.analyzer { try $0.staleCall() }
        try withExtendedLifetime(fixture) {
            let image = try #require(analyzer.images(.last).first)
            let answer = try analyzer.place(
                0x7f00_4001_0000, isExact: false, in: image, naming: FakeNaming())
            #expect(words(answer) == ["/opt/demo/libplug.so+10000 unloaded"])
            #expect(answer.places.first?.name.functions.map(\.name) == ["at_10000_return"])
        }
    }

    @Test("a forked child answers for what became of a library there, the parent for the rest")
    func forked() throws {
        let answers = try answers(0x7f00_1000_0300) { try $0.closedInAForkedChild() }
        #expect(answers.map(\.process.id) == [1, 2])
        #expect(words(answers[0]) == ["/opt/demo/libuser.so+300 mapped"])
        #expect(words(answers[1]) == ["/opt/demo/libuser.so+300 unloaded"])
        #expect(answers[1].places.first?.library.inheritedFrom == 1)
        let host = try self.answers(0x40_0120) { try $0.closedInAForkedChild() }
        #expect(host.map(\.process.id) == [1])
    }

    @Test("a pointer into what the parent had unloaded before the fork")
    func unloadedBeforeTheFork() throws {
        let answer = try answers(plugin, in: .id(2)) { fixture in
            try fixture.staleCall()
            try fixture.start(forkedFrom: 1)
        }.first
        #expect(words(answer) == ["/opt/demo/libplug.so+500 unloaded"])
        #expect(answer?.places.first?.library.process == 1)
    }

    @Test("an event of several processes is refused")
    func eventOfSeveral() throws {
        let error = try #require(throws: AnalysisError.self) {
            try answers(plugin, by: 3) { try $0.closedInAForkedChild() }
        }
        #expect(error.code == .severalProcesses)
    }

    // MARK: - The filter

    private func filter(
        _ selection: ProcessSelection?, _ lines: [String],
        _ scenario: @escaping (TraceFixture) throws -> Void
    ) throws -> [String?] {
        let (analyzer, fixture) = try Asking.analyzer(scenario)
        let filter = AddressFilter(selection, wait: { _ in }) {
            AddressFilter.Source(analyzer: analyzer, naming: FakeNaming())
        }
        var scanner = LineScanner()
        return withExtendedLifetime(fixture) {
            lines.flatMap { line in
                scanner.mentions(in: Array(line.utf8)).map { mention in
                    filter.answer(mention).map { "\($0.process.id)" }
                }
            }
        }
    }

    @Test("the process is the one of the pid in the line, else the one that was chosen")
    func processOfALine() throws {
        let frame = "    #0 0x7f0040000500  (<unknown module>)"
        let scenario: (TraceFixture) throws -> Void = {
            try $0.staleCall()
            try $0.clean()
        }
        #expect(try filter(nil, [frame], scenario) == ["2"])
        #expect(try filter(.id(1), [frame], scenario) == ["1"])
        #expect(try filter(nil, ["==4711==ERROR", frame], scenario) == ["1"])
        #expect(try filter(nil, ["==4712==ERROR", frame], scenario) == ["2"])
        #expect(try filter(nil, ["==99==ERROR", frame], scenario) == [nil])
        #expect(try filter(.id(1), ["==99==ERROR", frame], scenario) == ["1"])
        let kernel = "segfault at 7f0040000500 ip 00007f0040000500 sp 00007ffc00000000 error 14"
        #expect(try filter(nil, ["host[4711]: \(kernel)"], scenario) == ["1"])
        #expect(try filter(nil, ["host[99]: \(kernel)"], scenario) == ["1"])
        #expect(try filter(nil, ["other[99]: \(kernel)"], scenario) == [nil])
    }

    @Test("without a trace there is no answer, and it is known why")
    func noTrace() {
        let filter = AddressFilter(nil, wait: { _ in }) {
            throw CancellationError()
        }
        var scanner = LineScanner()
        for mention in scanner.mentions(in: Array("#0 0x7f0040000500  (<unknown module>)".utf8)) {
            #expect(filter.answer(mention) == nil)
        }
        #expect(filter.obstacle is CancellationError)
    }
}
