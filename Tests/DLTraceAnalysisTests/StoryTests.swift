// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing
import TraceFixtures

/// The life of a library.
@Suite("Lives of libraries")
struct StoryTests {
    private func stories(
        _ library: String, in selection: ProcessSelection = .last, limit: Int = 5,
        isIndexed: Bool = true, _ scenario: @escaping (TraceFixture) throws -> Void
    ) throws -> [LibraryStory] {
        let (analyzer, fixture) = try Asking.analyzer(
            scenario, { if isIndexed { try $0.makeIndexes() } })
        return try withExtendedLifetime(fixture) {
            try analyzer.stories(of: library, in: selection, limit: limit)
        }
    }

    /// A moment as `event what`.
    private func words(_ load: LibraryLoad?) -> [String] {
        (load?.moments ?? []).map { moment in
            let what =
                switch moment.what {
                case .opened(let flags, let caller, let closedBy):
                    "opened \(flags ?? "-") by \(caller ?? "-") until \(closedBy ?? 0)"
                case .broughtAlong(let name, let caller):
                    "brought along by \(caller ?? "-") with \(name ?? "-")"
                case .loaded(let atStart): atStart ? "at start" : "loaded"
                case .needed(let by, let until): "needed by \(by) until \(until ?? 0)"
                case .closed(let caller, let unloadedIt, let isDeferred):
                    "closed by \(caller ?? "-")" + (unloadedIt ? " last" : "")
                        + (isDeferred ? " deferred" : "")
                case .finalized(let phase, let by, let kind):
                    "finalized in \(phase ?? "-") by \(kind ?? "-") \(by ?? 0)"
                case .unloaded(let by, let kind): "unloaded by \(kind ?? "-") \(by ?? 0)"
                case .left(let type, let label, _, _, _): "left \(type) \(label)"
                }
            return "\(moment.event) \(what)" + (moment.count > 1 ? " x\(moment.count)" : "")
        }
    }

    @Test("from the first open to the unload", arguments: [true, false])
    func whole(isIndexed: Bool) throws {
        let story = try #require(
            try stories("libres.so", isIndexed: isIndexed) { try $0.closedByTheProgram() }.first)
        #expect(story.path == "/opt/demo/libres.so")
        #expect(
            words(story.loads.first) == [
                "8 opened RTLD_NOW by libuser.so until 16", "9 loaded",
                "16 closed by libuser.so last deferred", "22 finalized in dlclose by dlclose 12",
                "24 unloaded by dlclose 12",
            ])
        let open = try #require(story.loads.first?.moments.first?.evidence)
        #expect(open.stack.first?.symbol == "Holder::Holder()")
        #expect(open.subject == "libres.so")
        #expect(story.loads.first?.stays.isEmpty == true)
    }

    @Test("what came as a dependency, who needs it, and what became of that")
    func dependency() throws {
        let load = try stories("nv") { try $0.keepAliveCycle() }.first?.loads.first
        #expect(
            words(load) == [
                "6 brought along by host with ./libuser.so", "7 needed by libuser.so until 16",
                "8 loaded", "10 needed by libres.so until 25",
                "24 finalized in dlclose by dlclose 20", "26 unloaded by dlclose 20",
            ])
    }

    @Test("why it is still there, closed or not")
    func stays() throws {
        func reasons(_ name: String) throws -> [String] {
            try stories(name) { try $0.stays() }.first?.loads.first?.stays.map(\.reason) ?? []
        }
        #expect(try reasons("liba.so") == ["1 open of it is not closed, by host"])
        #expect(try reasons("libneeded.so") == ["libneeds.so needs it"])
        #expect(try reasons("libneeds.so") == ["1 open of it is not closed, by host"])
        #expect(
            try reasons("liblinked.so") == ["it is linked with -z nodelete (DF_1_NODELETE)"])
        #expect(try reasons("libwhy.so") == [])
        #expect(try reasons("libc.so.6") == ["it was there when the program started"])
    }

    @Test("every load is told, or the newest; calls with one stack are one line")
    func loads() throws {
        let all = try #require(try stories("libplug.so") { try $0.clean() }.first)
        #expect(all.loads.map(\.number) == [1, 2, 3])
        #expect(all.earlierLoads == 0)
        let newest = try #require(try stories("libplug.so", limit: 1) { try $0.clean() }.first)
        #expect(newest.loads.map(\.number) == [3])
        #expect(newest.earlierLoads == 2)

        let often = try stories("libplug.so") { fixture in
            try fixture.start()
            var plugin = fixture.host
            let stack = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            try fixture.open("./libplug.so", from: stack) {
                plugin = try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
                return plugin
            }
            for _ in 0..<9 { try fixture.open("./libplug.so", from: stack) { plugin } }
            for _ in 0..<9 { try fixture.close(plugin, from: stack) }
        }.first?.loads.first
        #expect(
            words(often) == [
                "6 opened RTLD_NOW by host until 0 x10", "7 loaded", "27 closed by host x9",
            ])
        #expect(often?.calls == 19)
        #expect(often?.stays.map(\.reason) == ["1 open of it is not closed, by host"])
    }

    @Test(
        "of a library that is opened over and over the newest calls are told, and what is open is right"
    )
    func busy() throws {
        func load(closes: Int) throws -> LibraryLoad? {
            try stories("libplug.so") { fixture in
                try fixture.start()
                var plugin = fixture.host
                let stack = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
                try fixture.open("./libplug.so", from: stack) {
                    plugin = try fixture.library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
                    return plugin
                }
                for round in 0..<600 {
                    try fixture.open("./libplug.so", from: stack) { plugin }
                    if round < closes { try fixture.close(plugin, from: stack) }
                }
            }.first?.loads.first
        }
        let open = try load(closes: 590)
        #expect(open?.calls == 601 + 590)
        #expect(open?.moments.map(\.count) == [501, 1, 500])
        #expect(open?.stays.map(\.reason) == ["it was opened 11 times more than closed"])
    }

    @Test("a forked child goes on with its parent's library, and one that only exits is left out")
    func forked() throws {
        let closing = try stories("libuser.so") { try $0.closedInAForkedChild() }
        #expect(closing.map(\.process.id) == [1, 2])
        #expect(closing.last?.loads.first?.moments.first?.process == 1)
        #expect(words(closing.last?.loads.first).last == "13 unloaded by dlclose 2")
        let exiting = try stories("libuser.so") { fixture in
            try fixture.closedByTheProgram()
            try fixture.start(forkedFrom: 1)
            try fixture.bye()
        }
        #expect(exiting.map(\.process.id) == [1])
    }

    @Test(
        "a library is named by path, soname, file name or a part of its path",
        arguments: ["/opt/demo/libuser.so", "libuser.so", "demo/libus", "LIBUSER"])
    func names(argument: String) throws {
        let found = try stories(argument) { try $0.closedByTheProgram() }
        #expect(found.first?.path == "/opt/demo/libuser.so")
    }

    @Test("an ambiguous name lists what it may mean, an unknown one what is near")
    func unknown() throws {
        func error(_ argument: String) throws -> AnalysisError {
            try #require(throws: AnalysisError.self) {
                try stories(argument) { try $0.closedByTheProgram() }
            }
        }
        let ambiguous = try error("/opt/demo/lib")
        #expect(ambiguous.code == .noSuchLibrary)
        #expect(ambiguous.why.hasSuffix("/opt/demo/libres.so, /opt/demo/libuser.so"))
        #expect(try error("libusr.so").advice.hasPrefix("Near to it: /opt/demo/libuser.so"))
        #expect(try error("zzz").advice.hasPrefix("There were: host, "))
        #expect(try error("").advice.hasPrefix("There were: host, "))
    }
}
