// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Foundation
import GRDB
import Testing
import TraceFixtures

@testable import DLTraceStore

/// How many loads there were, as the digest has counted them, and as they are counted without it.
@Suite("Counts of loads")
struct LoadCountTests {
    private struct Answers: Equatable {
        var stories: [LibraryStory] = []
        var places: [AddressAnswer] = []
        var earlierPlaces: [Int] { places.map(\.earlierPlaces) }
        var earlierLoads: [Int] { stories.map(\.earlierLoads) }

        init(_ path: String) throws {
            let analyzer = Analyzer(try TraceDatabase(path: path))
            stories = try analyzer.stories(of: "libplug.so", in: .all, limit: 3)
            for (process, event) in [(1, nil), (1, 300), (2, nil), (2, 300)] as [(Int64, Int64?)] {
                places += try analyzer.addresses(
                    [0x7f00_4000_0010], in: .id(process), by: event, naming: FakeNaming())
            }
        }
    }

    /// A program that loads a library a hundred times, and a child forked halfway that does so eighty times.
    private static func trace() throws -> TraceFixture {
        let fixture = try TraceFixture()
        func load(_ times: Int) throws {
            let main = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            for _ in 0..<times {
                var plugin = fixture.host
                try fixture.open("libplug.so", from: main) {
                    plugin = try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
                    return plugin
                }
                try fixture.close(plugin, from: main) { try fixture.unload(plugin) }
            }
        }
        try fixture.start()
        try load(100)
        try fixture.start(forkedFrom: 1)
        try load(80)
        try fixture.bye()
        try fixture.execute("UPDATE process SET parent_seq = parent_seq / 2 WHERE id = 2")
        try TraceIndexes.complete(in: try fixture.close())
        return fixture
    }

    private static func change(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    /// Without the digest, in a copy.
    private static func countedByIndex(_ path: String) throws -> Answers {
        let copy = path + ".copy"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        try change(copy, "DROP TABLE digest_status")
        return try Answers(copy)
    }

    @Test("the digest's are those by index, of a forked child, too")
    func same() throws {
        let fixture = try Self.trace()
        try withExtendedLifetime(fixture) {
            let answers = try Answers(fixture.path)
            #expect(answers.earlierLoads == [97, 177])
            #expect(answers.earlierPlaces == [92, 41, 122, 92])
            #expect(try answers == Self.countedByIndex(fixture.path))
        }
    }

    @Test("they are asked where nobody records, and not for an earlier event")
    func asked() throws {
        let fixture = try Self.trace()
        try withExtendedLifetime(fixture) {
            let honest = try Answers(fixture.path)
            try Self.change(
                fixture.path,
                "UPDATE digest_file SET loads = 1000; UPDATE digest_extent SET loads = 1000")
            let forged = try Answers(fixture.path)
            #expect(forged.earlierLoads == [997, 1997])
            #expect(forged.earlierPlaces == [992, 41, 1042, 92])
            for table in ["digest_file", "digest_extent"] {
                try Self.change(fixture.path, "UPDATE \(table) SET loads = ~(1 << 63)")
            }
            #expect(try Answers(fixture.path).places.count == honest.places.count)
            let writer = try TraceWriter(path: fixture.path)
            #expect(try Answers(fixture.path) == honest)
            try writer.finish()
        }
    }

    @Test("they are made anew when something was pruned")
    func pruned() throws {
        let fixture = try Self.trace()
        try withExtendedLifetime(fixture) {
            let writer = try TraceWriter(path: fixture.path)
            _ = try writer.withPruner { pruner, _ in
                for process in try pruner.processes() {
                    _ = try pruner.trim(process, through: 100)
                }
                try pruner.sweep()
            }
            try writer.finish()
            let answers = try Answers(fixture.path)
            #expect(try answers == Self.countedByIndex(fixture.path))
            #expect(zip(answers.earlierLoads, [97, 177]).allSatisfy { $0 < $1 })
        }
    }
}
