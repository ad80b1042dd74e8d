// SPDX-License-Identifier: Apache-2.0

import GRDB

extension TraceFixture {
    // MARK: - What is given to the C library

    /// An address is registered: `tls_key_create`, `signal_handler`, `cxa_atexit` and the like.
    @discardableResult
    package func register(
        _ kind: String, in library: FixtureLibrary, at offset: Int64, named name: String? = nil,
        number: Int64? = nil, dsoHandle: Int64? = nil, text: String? = nil, from stack: Int64
    ) throws -> Int64 {
        if let name { try symbol(library, offset, name, isExact: true) }
        return try event(
            kind, library: library, stack: stack, address: library.base + offset, value: number,
            detail: dsoHandle, text: text)
    }

    /// A thread is created, and starts; returns the numbers of both events.
    @discardableResult
    package func thread(
        _ tid: Int64, in library: FixtureLibrary, at offset: Int64, named name: String? = nil,
        from stack: Int64
    ) throws -> (created: Int64, started: Int64) {
        if let name { try symbol(library, offset, name, isExact: true) }
        let address = library.base + offset
        let created = try event(
            "thread", library: library, stack: stack, address: address, value: 0)
        let started = try event(
            "thread_start", library: library, address: address, value: created, thread: tid)
        return (created, started)
    }

    /// A thread ends.
    package func end(ofThread tid: Int64, started: Int64) throws {
        try event("end", address: 0, parent: started, thread: tid)
    }

    /// What refers to a library that goes, of a type of left_behind: the event that made it is one of this
    /// process unless another one is named, and the holder is the word that points to it.
    @discardableResult
    package func left(
        _ type: String, in library: FixtureLibrary, at offset: Int64, number: Int64 = 0,
        text: String? = nil, stack: Int64? = nil, registered: Int64? = nil,
        registeredIn other: Int64? = nil, holder: (library: FixtureLibrary, offset: Int64)? = nil
    ) throws -> Int64 {
        let types = [
            "tls_key": 1, "signal_handler": 3, "cxa_atexit": 4, "on_exit": 5, "environ": 6,
            "atfork": 7, "thread_local": 8, "thread": 9, "thread_stack": 10, "pointer": 11,
        ]
        let number = try event(
            "left", library: library, stack: stack, address: library.base + offset, value: number,
            detail: types[type].map(Int64.init), text: text)
        try execute(
            "INSERT INTO left_behind VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                process, number, type, holder?.library.id,
                holder.map { $0.library.base + $0.offset },
                registered == nil ? nil : other ?? process, registered,
            ])
        return number
    }

    // MARK: - Handles

    /// A dlsym, dlvsym or dlinfo of a handle that was closed for good.
    @discardableResult
    package func use(
        _ kind: String, _ library: FixtureLibrary, isThere: Bool = false, symbol: String? = nil,
        from stack: Int64
    ) throws -> Int64 {
        try event(
            kind, library: isThere ? library : nil, stack: stack, address: library.handle,
            text: symbol)
    }

    /// A dlclose of a library that is there no more, or that the loader refuses: that it has not open.
    @discardableResult
    package func closeAgain(
        _ library: FixtureLibrary, isThere: Bool, isRefused: Bool = true, from stack: Int64
    ) throws -> Int64 {
        try call(
            "dlclose", library: isThere ? library : nil, stack: stack, address: library.handle,
            result: isRefused ? 0xffff_ffff : 0, error: isRefused ? "shared object not open" : nil)
    }

    // MARK: - Scenarios

    /// A plugin leaves something of each kind behind when it is closed.
    package func leftBehind() throws {
        try start()
        var plugin = host
        let main = try stack(FixtureFrame(host, 0x120, "main"))
        try open("./libplug.so", from: main) {
            plugin = try library(
                "/opt/demo/libplug.so", base: 0x7f00_4000_0000, soname: "libplug.so")
            return plugin
        }
        let setUp = try stack(
            FixtureFrame(plugin, 0x21c, "plugin_init"), FixtureFrame(host, 0x130, "main"))
        let key = try register(
            "tls_key_create", in: plugin, at: 0x300, named: "free_state", number: 3, from: setUp)
        let signal = try register(
            "signal_handler", in: plugin, at: 0x340, named: "on_term", number: 15, from: setUp)
        let handler = try register(
            "cxa_atexit", in: plugin, at: 0x380, named: "flush", number: 0, dsoHandle: 0,
            from: setUp)
        let variable = try register(
            "putenv", in: plugin, at: 0x4010, text: "PLUGIN_HOME", from: setUp)
        let (created, _) = try thread(9001, in: plugin, at: 0x500, named: "worker", from: setUp)
        try symbol(plugin, 0x4030, "table", isExact: true, isData: true)
        try symbol(host, 0x6000, "registry", isExact: true, isData: true)
        try close(plugin, from: try stack(FixtureFrame(host, 0x150, "main"))) {
            try fini(plugin, phase: "dlclose")
            try unload(plugin)
            try left("tls_key", in: plugin, at: 0x300, number: 3, registered: key)
            try left("signal_handler", in: plugin, at: 0x340, number: 15, registered: signal)
            try left("cxa_atexit", in: plugin, at: 0x380, registered: handler)
            try left("environ", in: plugin, at: 0x4010, text: "PLUGIN_HOME", registered: variable)
            try left("thread", in: plugin, at: 0x500, number: 9001, registered: created)
            try left(
                "thread_stack", in: plugin, at: 0x51c, number: 9001,
                stack: try stack(FixtureFrame(plugin, 0x51c, "worker"), FixtureFrame(libc, 0x90)),
                registered: created)
            try left("pointer", in: plugin, at: 0x4030, holder: (host, 0x6000))
        }
        try exit()
        try bye()
    }

    /// One of each kind and type that `leftBehind` has not.
    package func everyReference() throws {
        try start()
        let main = try stack(FixtureFrame(host, 0x120, "main"))
        try event("signal_handler", stack: main, address: 0, value: 15)
        try event("signal_handler", stack: main, address: 1, value: 13)
        try event("tls_key_delete", stack: main, value: 3)
        try register("on_exit", in: host, at: 0x300, named: "flush", number: 7, from: main)
        try register(
            "thread_local", in: libc, at: 0x340, named: "~State", number: 8, dsoHandle: 9,
            from: main)
        for side in 0...2 as ClosedRange<Int64> {
            try register("atfork", in: host, at: 0x380, number: side, dsoHandle: 9, from: main)
        }
        try function(
            "fork_handler", in: host, at: 0x380, named: "prepare", type: 8, phase: nil)
        try event("fork", address: 0x77)
        try call(
            "thread", library: host, stack: main, address: host.base + 0x300, value: 0, result: 11)
        let (_, started) = try thread(9001, in: libc, at: 0x500, from: main)
        try end(ofThread: 9001, started: started)
        for type in ["on_exit", "atfork", "thread_local"] { try left(type, in: host, at: 0x300) }
        try use("dlsym", libc, symbol: "run", from: main)
        try use("dlvsym", libc, isThere: true, symbol: "run", from: main)
        try use("dlinfo", libc, from: main)
        try event("stayed", library: libc, value: 1, detail: host.id, text: "table")
        try event("stayed", library: libc, value: 2, text: "other")
        try event("unknown", value: 99, detail: 16)
        try bye()
    }

    /// A thread of a library runs on while the library is finalized at exit.
    package func threadAtExit() throws {
        try start()
        let main = try stack(FixtureFrame(host, 0x120, "main"))
        let (created, _) = try thread(9001, in: host, at: 0x500, named: "worker", from: main)
        try exit {
            try fini(host, phase: "exit-fini") {
                try left("thread", in: host, at: 0x500, number: 9001, registered: created)
            }
        }
        try bye()
    }

    /// A handle is closed twice, and then asked for a symbol.
    package func staleHandle() throws {
        try start()
        var plugin = host
        let main = try stack(FixtureFrame(host, 0x120, "main"))
        try open("./libplug.so", from: main) {
            plugin = try library(
                "/opt/demo/libplug.so", base: 0x7f00_4000_0000, soname: "libplug.so")
            return plugin
        }
        try close(plugin, from: main) {
            try fini(plugin, phase: "dlclose")
            try unload(plugin)
        }
        try closeAgain(plugin, isThere: false, from: main)
        try use("dlsym", plugin, symbol: "plugin_run", from: main)
        try exit()
        try bye()
    }
}
