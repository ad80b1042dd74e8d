// SPDX-License-Identifier: Apache-2.0

import Testing
import TraceFixtures

/// The view stale_use: which uses of a handle come after it was closed for good.
@Suite("Stale handles")
struct StaleUseTests {
    private static let path = "/opt/demo/libplug.so"

    private static func uses(
        _ scenario: @escaping (TraceFixture) throws -> Void
    ) throws -> [String] {
        try Asking.rows(
            """
            SELECT process_id, seq, kind, name, close_process_id, close_seq, open_process_id,
                open_seq, symbol_name
            FROM stale_use ORDER BY process_id, seq
            """, scenario)
    }

    /// A program that does something with a library's handle. It opens it with event 6, and the library is
    /// there from event 7 on.
    private static func uses(
        flags: Int64 = 2, hasUnique: Bool = false, linkFlags: Int64 = 0,
        _ body: @escaping (TraceFixture, _ plugin: FixtureLibrary, _ stack: Int64) throws -> Void
    ) throws -> [String] {
        try uses { fixture in
            try fixture.start()
            let stack = try fixture.stack(FixtureFrame(fixture.host, 0x120, "main"))
            let plugin = try opened(
                fixture, flags: flags, hasUnique: hasUnique, linkFlags: linkFlags, stack)
            try body(fixture, plugin, stack)
        }
    }

    private static func opened(
        _ fixture: TraceFixture, flags: Int64 = 2, hasUnique: Bool = false, linkFlags: Int64 = 0,
        _ stack: Int64
    ) throws -> FixtureLibrary {
        var plugin = fixture.host
        try fixture.open(path, flags: flags, from: stack) {
            plugin = try fixture.library(
                path, base: 0x7f00_4000_0000, flags: linkFlags, hasUnique: hasUnique)
            return plugin
        }
        return plugin
    }

    @Test("a second dlclose and a dlsym of a library that is gone")
    func afterUnload() throws {
        let rows = try Self.uses { try $0.staleHandle() }
        #expect(
            rows == [
                "1|14|dlclose|libplug.so|1|9|1|6|-",
                "1|16|dlsym|libplug.so|1|9|1|6|plugin_run",
            ])
    }

    @Test("a second dlclose that crashes in the loader, of a library that is gone")
    func crash() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
            try fixture.call("dlclose", stack: stack, address: plugin.handle, returns: false)
        }
        #expect(rows == ["1|12|dlclose|libplug.so|1|9|1|6|-"])
    }

    @Test("as many closes as opens are none")
    func balanced() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.open(Self.path, from: stack) { plugin }
            try fixture.close(plugin, from: stack)
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
        }
        #expect(rows == [])
    }

    @Test("a dlclose that the loader refuses, of a library that another one keeps")
    func refused() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack)
            try fixture.closeAgain(plugin, isThere: true, from: stack)
            try fixture.use("dlinfo", plugin, isThere: true, from: stack)
        }
        #expect(
            rows == [
                "1|11|dlclose|libplug.so|1|9|1|6|-", "1|13|dlinfo|libplug.so|1|9|1|6|-",
            ])
    }

    @Test("a dlclose of one's own handle inside the library's destructor")
    func nested() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack) {
                try fixture.fini(plugin, phase: "dlclose") {
                    try fixture.closeAgain(plugin, isThere: true, from: stack)
                }
                try fixture.unload(plugin)
            }
        }
        #expect(rows == ["1|11|dlclose|libplug.so|1|9|1|6|-"])
    }

    @Test("a handle that a later dlopen gives again is a new one")
    func reused() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
            let second = try Self.opened(fixture, stack)
            try fixture.close(second, from: stack) { try fixture.unload(second) }
            try fixture.closeAgain(second, isThere: false, isRefused: false, from: stack)
        }
        #expect(rows == ["1|18|dlclose|libplug.so|1|15|1|12|-"])
    }

    @Test("a first dlclose of what nobody was seen to open is none")
    func unseenOpen() throws {
        let rows = try Self.uses { fixture in
            try fixture.start()
            let stack = try fixture.stack()
            let library = try fixture.library("/opt/demo/libseen.so", base: 0x7f00_4000_0000)
            try fixture.close(library, from: stack) { try fixture.unload(library) }
            let kept = try fixture.library(
                "/opt/demo/libkept.so", base: 0x7f00_5000_0000, flags: 8)
            try fixture.close(kept, from: stack)
            try fixture.close(kept, from: stack)
            // Never open: a link map from elsewhere.
            try fixture.closeAgain(fixture.libc, isThere: true, from: stack)
            try fixture.call("dlclose", stack: stack, address: 0x1234, error: "?")
        }
        #expect(rows == [])
    }

    @Test("more closes than seen opens are none where the loader counts and agrees")
    func unseenOpenOfCounted() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack)
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
        }
        #expect(rows == [])
    }

    @Test("a second dlclose of a library that stays by itself", arguments: 0..<3)
    func uncounted(way: Int) throws {
        let rows = try Self.uses(
            flags: way == 0 ? 0x1002 : 2, hasUnique: way == 1, linkFlags: way == 2 ? 8 : 0
        ) { fixture, plugin, stack in
            try fixture.close(plugin, from: stack)
            try fixture.close(plugin, from: stack)
            try fixture.open(Self.path, from: stack) { plugin }
            try fixture.close(plugin, from: stack)
        }
        #expect(rows == ["1|11|dlclose|libplug.so|1|9|1|6|-"])
    }

    @Test("failed opens give no handle")
    func failedOpen() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
            try fixture.fail(Self.path, from: stack, error: "no")
            try fixture.closeAgain(plugin, isThere: false, from: stack)
            try fixture.call("dlclose", stack: stack, address: 0)
        }
        #expect(rows == ["1|14|dlclose|libplug.so|1|9|1|6|-"])
    }

    @Test("the program's own handle, and that of a library that was there at start, can be closed")
    func atStart() throws {
        let rows = try Self.uses { fixture in
            try fixture.start()
            let stack = try fixture.stack()
            for library in [fixture.host, fixture.libc] {
                try fixture.open(nil, from: stack) { library }
                try fixture.close(library, from: stack)
            }
            // glibc's own count of the program is one more.
            try fixture.close(fixture.host, from: stack)
            try fixture.closeAgain(fixture.host, isThere: true, from: stack)
        }
        #expect(rows == ["1|16|dlclose|host|1|14|1|6|-"])
    }

    @Test("a handle of an object that was never seen is none")
    func unknownObject() throws {
        let rows = try Self.uses { fixture in
            try fixture.start()
            let stack = try fixture.stack()
            for _ in 0..<2 {
                try fixture.call("dlopen", stack: stack, value: 2, result: 0x999)
            }
            for _ in 0..<2 { try fixture.call("dlclose", stack: stack, address: 0x999) }
        }
        #expect(rows == [])
    }

    @Test("a forked child closes what its parent opened, once")
    func forked() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.start(forkedFrom: 1)
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
            try fixture.closeAgain(plugin, isThere: false, from: stack)
        }
        #expect(rows == ["2|5|dlclose|libplug.so|2|2|1|6|-"])
    }

    @Test("a forked child closes what its parent had closed before")
    func closedBeforeFork() throws {
        let rows = try Self.uses { fixture, plugin, stack in
            try fixture.close(plugin, from: stack) { try fixture.unload(plugin) }
            try fixture.start(forkedFrom: 1)
            try fixture.closeAgain(plugin, isThere: false, from: stack)
        }
        #expect(rows == ["2|2|dlclose|libplug.so|1|9|1|6|-"])
    }
}
