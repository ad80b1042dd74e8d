// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// What filters let through.
@Suite("Time lines")
struct TimeLineTests {
    private func events(_ filter: TimeLineFilter, isIndexed: Bool) throws -> [Int64] {
        let (analyzer, fixture) = try Asking.analyzer(
            { try $0.closedByTheProgram() }, { if isIndexed { try $0.makeIndexes() } })
        return try withExtendedLifetime(fixture) {
            var events: [Int64] = []
            try analyzer.timeLine(.last, filter: filter) { events.append($0.event) }
            return events
        }
    }

    @Test(
        "filters let the same through by index as without",
        arguments: [
            (TimeLineFilter(kinds: ["dlopen", "unload"]), [6, 8, 23, 24] as [Int64]),
            (TimeLineFilter(kinds: ["fault"]), []),
            (TimeLineFilter(library: "libres"), [8, 9, 16, 21, 24]),
            (TimeLineFilter(kinds: ["dlopen"], library: "./libuser"), [6]),
            (TimeLineFilter(library: "nothing"), []),
            (TimeLineFilter(kinds: ["exit"], thread: 4711), [26]),
            (TimeLineFilter(thread: 1), []),
            (TimeLineFilter(library: "libres", limit: 2), [8, 9]),
        ])
    func filters(filter: TimeLineFilter, expected: [Int64]) throws {
        #expect(try events(filter, isIndexed: false) == expected)
        #expect(try events(filter, isIndexed: true) == expected)
    }
}
