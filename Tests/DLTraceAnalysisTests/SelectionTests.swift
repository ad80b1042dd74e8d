// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// Which processes an answer is about.
@Suite("Selection")
struct SelectionTests {
    private func chosen(_ selection: ProcessSelection) throws -> [Int64] {
        let (analyzer, fixture) = try Asking.analyzer(
            { try $0.clean() }, { try $0.closedInAForkedChild() })
        return try withExtendedLifetime(fixture) {
            try analyzer.analyze(selection, rules: .builtIn()).processes.map(\.id)
        }
    }

    @Test("last is the newest program with its children")
    func last() throws {
        #expect(try chosen(.last) == [2, 3])
    }

    @Test("all is all, and a number is that one")
    func others() throws {
        #expect(try chosen(.all) == [1, 2, 3])
        #expect(try chosen(.id(1)) == [1])
    }

    @Test("a number that is not there is an error")
    func missing() throws {
        #expect(throws: AnalysisError.self) { try chosen(.id(9)) }
    }

    @Test("a child that was started by its parent's pid belongs to it")
    func byParentPid() throws {
        let (analyzer, fixture) = try Asking.analyzer { fixture in
            try fixture.clean()
            try fixture.start("/bin/true")
            try fixture.execute("UPDATE process SET ppid = 4711 WHERE id = 2")
            try fixture.bye()
        }
        let ids = try withExtendedLifetime(fixture) {
            try analyzer.processes(.last).map(\.id)
        }
        #expect(ids == [1, 2])
    }

    @Test("an argument is a number, last or all")
    func arguments() {
        #expect(ProcessSelection(argument: "last") == .last)
        #expect(ProcessSelection(argument: "all") == .all)
        #expect(ProcessSelection(argument: "12") == .id(12))
        #expect(ProcessSelection(argument: "0") == nil)
        #expect(ProcessSelection(argument: "newest") == nil)
    }
}
