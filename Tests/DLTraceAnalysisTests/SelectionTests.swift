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

    @Test("programs are counted back from the newest, and a process goes with what came of it")
    func runs() throws {
        #expect(try chosen(.run(back: 1)) == [1])
        #expect(try chosen(.tree(2)) == [2, 3])
        #expect(try chosen(.tree(3)) == [3])
        #expect(try chosen(.ids([1, 3])) == [1, 3])
        #expect(throws: AnalysisError.self) { try chosen(.run(back: 2)) }
        #expect(throws: AnalysisError.self) { try chosen(.tree(9)) }
    }

    @Test("an argument is a number, last or all")
    func arguments() {
        #expect(ProcessSelection(argument: "last~0") == .last)
        #expect(ProcessSelection(argument: "last~12") == .run(back: 12))
        #expect(ProcessSelection(argument: "7+") == .tree(7))
        for odd in [
            "last~", "last~-1", "last~+1", "+", "0+", "-1", "+1", "1++", "", "1,", ",1", "1,x",
            "99999999999999999999",
        ] {
            #expect(ProcessSelection(argument: odd) == nil, "\(odd)")
        }
        for argument in ["last", "last~3", "all", "4", "4+", "3,12"] {
            #expect(ProcessSelection(argument: argument)?.argument == argument)
        }
        #expect(ProcessSelection(argument: "last") == .last)
        #expect(ProcessSelection(argument: "all") == .all)
        #expect(ProcessSelection(argument: "12") == .id(12))
        #expect(ProcessSelection(argument: "0") == nil)
        #expect(ProcessSelection(argument: "newest") == nil)
    }
}
