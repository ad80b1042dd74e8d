// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DLTraceStore

@Suite struct LiveLibrariesTests {
    private static func library(
        _ id: Int64, _ range: Range<UInt64>, since: UInt64
    ) -> LiveLibrary {
        LiveLibrary(
            id: id, generation: UInt32(id), start: range.lowerBound, end: range.upperBound,
            since: since)
    }

    @Test("An address is its library's from start to before its end")
    func lookup() {
        var libraries = LiveLibraries()
        libraries.arrive(Self.library(2, 200..<300, since: 1))
        libraries.arrive(Self.library(1, 100..<200, since: 2))
        let found = [99, 100, 199, 200, 299, 300, .max].map { libraries.library(at: $0) }
        #expect(found == [nil, 1, 1, 2, 2, nil, nil])
    }

    @Test("A library that another one overlaps is not found by address any more")
    func overlap() {
        var libraries = LiveLibraries()
        libraries.arrive(Self.library(1, 100..<200, since: 1))
        libraries.arrive(Self.library(2, 300..<400, since: 2))
        libraries.arrive(Self.library(3, 150..<350, since: 3))
        #expect([120, 160, 320, 380].map { libraries.library(at: $0) } == [nil, 3, 3, nil])
        #expect(libraries.library(generation: 1) == 1)
        #expect(libraries.depart(generation: 1, seq: 4) == 1)
        #expect(libraries.library(at: 160) == 3)
    }

    @Test("A library told of late does not displace what came after it")
    func late() {
        var libraries = LiveLibraries()
        libraries.arrive(Self.library(2, 100..<200, since: 9))
        libraries.arrive(Self.library(1, 150..<250, since: 3))
        #expect(libraries.library(at: 160) == 2)
        #expect(libraries.library(generation: 1) == 1)
    }

    @Test("The past is known as far as it is kept")
    func past() {
        var libraries = LiveLibraries()
        libraries.arrive(Self.library(1, 100..<200, since: 1))
        for step in 1...200 as ClosedRange<UInt64> {
            let id = Int64(step) + 1
            libraries.arrive(Self.library(id, 500..<600, since: step * 2))
            _ = libraries.depart(generation: UInt32(id), seq: step * 2 + 1)
        }
        #expect(libraries.asOf(20) == nil)
        #expect(libraries.asOf(400)?.library(at: 550) == 201)
        #expect(libraries.asOf(400)?.library(at: 150) == 1)
        #expect(libraries.asOf(401)?.library(at: 550) == nil)
        #expect(libraries.asOf(398)?.library(at: 550) == 200)
    }

    @Test("More than the limit are not kept")
    func limit() {
        var libraries = LiveLibraries()
        for id in 1...Int64(LiveLibraries.limit + 5) {
            libraries.arrive(Self.library(id, UInt64(id)..<UInt64(id + 1), since: UInt64(id)))
        }
        #expect(libraries.count == LiveLibraries.limit)
    }
}
