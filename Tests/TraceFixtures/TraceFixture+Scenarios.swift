// SPDX-License-Identifier: Apache-2.0

extension TraceFixture {
    // MARK: - A handle in a static object

    /// The program opens libuser.so, whose static object opens libres.so.
    private func openUser() throws -> (user: FixtureLibrary, resources: FixtureLibrary) {
        var user = host
        var resources = host
        try open("./libuser.so", from: try stack(FixtureFrame(host, 0x120, "main"))) {
            user = try library("/opt/demo/libuser.so", base: 0x7f00_1000_0000, soname: "libuser.so")
            let holder = try stack(FixtureFrame(user, 0x220, "Holder::Holder()"), isEnclosed: true)
            try open("libres.so", from: holder, phase: "constructor") {
                resources = try library(
                    "/opt/demo/libres.so", base: 0x7f00_2000_0000, soname: "libres.so")
                return resources
            }
            return user
        }
        return (user, resources)
    }

    private func holderStack(_ library: FixtureLibrary) throws -> Int64 {
        try stack(FixtureFrame(library, 0x31c, "Holder::~Holder()"), isEnclosed: true)
    }

    /// TensorRT's case: the program closes libuser.so, and its static object closes libres.so.
    package func closedByTheProgram() throws {
        try start()
        let (user, resources) = try openUser()
        try closeUser(user, resources)
        try exit()
        try bye()
    }

    private func closeUser(_ user: FixtureLibrary, _ resources: FixtureLibrary) throws {
        try close(user, from: try stack(FixtureFrame(host, 0x150, "main"))) {
            try fini(user, phase: "dlclose") {
                try function(
                    "fini_function", in: user, at: 0x100, named: "__do_global_dtors_aux", type: 1,
                    phase: "dlclose"
                ) {
                    try function(
                        "exit_handler", in: user, at: 0x300, named: "Holder::~Holder()", type: 3,
                        phase: "dlclose"
                    ) {
                        try close(resources, from: try holderStack(user))
                    }
                }
            }
            try fini(resources, phase: "dlclose")
            try unload(user)
            try unload(resources)
        }
    }

    /// The same in a child that was forked after the open.
    package func closedInAForkedChild() throws {
        try start()
        let (user, resources) = try openUser()
        try start(forkedFrom: process)
        try closeUser(user, resources)
        try exit()
        try bye()
    }

    /// The same at exit: among the exit handlers, at once.
    package func closedAtExit() throws {
        try start()
        let (user, resources) = try openUser()
        try exit {
            try function(
                "exit_handler", in: user, at: 0x300, named: "Holder::~Holder()", type: 3,
                phase: "exit-handlers"
            ) {
                try close(resources, from: try holderStack(user)) {
                    try fini(resources, phase: "dlclose")
                    try unload(resources)
                }
            }
        }
        try bye()
    }

    /// The same in a function with the attribute destructor: the loader's own pass.
    package func closedInTheProtectedPass() throws {
        try start()
        let (user, resources) = try openUser()
        try exit {
            try fini(user, phase: "exit-fini") {
                try function(
                    "fini_function", in: user, at: 0x300, named: "shut_down", type: 1,
                    phase: "exit-fini"
                ) {
                    let caller = try stack(FixtureFrame(user, 0x31c, "shut_down"), isEnclosed: true)
                    try close(resources, from: caller)
                }
            }
            try fini(resources, phase: "exit-fini")
        }
        try bye()
    }

    // MARK: - Crashes

    /// loader-facts 16: libnv.so lives on only through libres.so, which it opened itself.
    package func keepAliveCycle() throws {
        try start()
        var user = host
        var keeper = host
        var resources = host
        try open("./libuser.so", from: try stack(FixtureFrame(host, 0x120, "main"))) {
            user = try library(
                "/opt/demo/libuser.so", base: 0x7f00_1000_0000, soname: "libuser.so",
                needs: ["libnv.so"])
            keeper = try library("/opt/demo/libnv.so", base: 0x7f00_3000_0000, soname: "libnv.so")
            let holder = try stack(
                FixtureFrame(keeper, 0x220, "Holder::Holder()"), isEnclosed: true)
            try open("libres.so", from: holder, phase: "constructor") {
                resources = try library(
                    "/opt/demo/libres.so", base: 0x7f00_2000_0000, soname: "libres.so",
                    needs: ["libnv.so"])
                return resources
            }
            return user
        }
        try close(user, from: try stack(FixtureFrame(host, 0x150, "main"))) {
            try fini(user, phase: "dlclose")
            try unload(user)
        }
        try exit {
            try function(
                "exit_handler", in: keeper, at: 0x300, named: "Holder::~Holder()", type: 3,
                phase: "exit-handlers", returns: false
            ) {
                try close(resources, from: try holderStack(keeper)) {
                    try fini(resources, phase: "dlclose")
                    try fini(keeper, phase: "dlclose")
                    try unload(resources)
                    try unload(keeper)
                }
                try fault(
                    at: 0x7f00_3000_031c,
                    stack: try stack(FixtureFrame(keeper, 0x31c), isEnclosed: true, isExact: true))
            }
        }
        try killed(by: 11)
    }

    /// A call through a pointer into a library that was closed.
    package func staleCall() throws {
        try start()
        var plugin = host
        let loader = try stack(
            FixtureFrame(host, 0x120, "load_plugin"), FixtureFrame(host, 0x180, "main"))
        try open("./libplug.so", flags: 1, from: loader) {
            plugin = try library(
                "/opt/demo/libplug.so", base: 0x7f00_4000_0000, soname: "libplug.so")
            return plugin
        }
        let closer = try stack(
            FixtureFrame(host, 0x150, "unload_plugin"), FixtureFrame(host, 0x190, "main"))
        try close(plugin, from: closer) {
            try fini(plugin, phase: "dlclose")
            try unload(plugin)
        }
        try fault(
            at: 0x7f00_4000_0500,
            stack: try stack(
                FixtureFrame(plugin, 0x500, "plugin_callback"), FixtureFrame(host, 0x1a0, "main"),
                isExact: true))
        try killed(by: 11)
    }

    /// The same, but another library came to lie there since: then nothing can be said.
    package func reusedAddress() throws {
        try start()
        var plugin = host
        try open("./libplug.so", from: try stack(FixtureFrame(host, 0x120, "main"))) {
            plugin = try library("/opt/demo/libplug.so", base: 0x7f00_4000_0000)
            return plugin
        }
        try close(plugin, from: try stack(FixtureFrame(host, 0x150, "main"))) {
            try unload(plugin)
        }
        try open("./libother.so", from: try stack(FixtureFrame(host, 0x170, "main"))) {
            plugin = try library("/opt/demo/libother.so", base: 0x7f00_4000_0000)
            return plugin
        }
        try fault(
            at: 0x10, pc: 0x7f00_4000_0500,
            stack: try stack(
                FixtureFrame(plugin, 0x500), FixtureFrame(host, 0x1a0, "main"), isExact: true))
        try killed(by: 11)
    }

    // MARK: - Ordinary programs

    /// A program that closes what it opened, and a library that is needed by another one until then.
    package func clean() throws {
        try start()
        var plugin = host
        for _ in 0..<3 {
            try open("./libplug.so", from: try stack(FixtureFrame(host, 0x120, "main"))) {
                plugin = try library(
                    "/opt/demo/libplug.so", base: 0x7f00_4000_0000, soname: "libplug.so")
                return plugin
            }
            try close(plugin, from: try stack(FixtureFrame(host, 0x150, "main"))) {
                try fini(plugin, phase: "dlclose")
                try unload(plugin)
            }
        }
        try open(nil, from: try stack(FixtureFrame(host, 0x160, "main"))) { host }
        try exit()
        try bye()
    }

    /// Libraries that stay after their last dlclose, each for a reason of its own.
    package func stays() throws {
        try start()
        let counted = try opened("liba.so", 0x120)
        try open("liba.so", from: try stack(FixtureFrame(host, 0x130, "second"))) { counted }
        try closed(counted)
        try closed(try opened("libflag.so", 0x140, openFlags: 0x1001))
        try closed(try opened("libunique.so", 0x150, hasUnique: true))
        let needed = try opened("libneeded.so", 0x160)
        _ = try opened("libneeds.so", 0x170, needs: ["libneeded.so"])
        try closed(needed)
        try closed(try opened("liblinked.so", 0x180, flags: 8))
        try closed(try opened("libwhy.so", 0x190))
        try open("libc.so.6", from: try stack(FixtureFrame(host, 0x1a0, "main"))) { libc }
        try closed(libc)
        try exit()
        try bye()
    }

    private func opened(
        _ name: String, _ offset: Int64, openFlags: Int64 = 1, flags: Int64 = 0,
        hasUnique: Bool = false, needs: [String] = []
    ) throws -> FixtureLibrary {
        var row = host
        try open(name, flags: openFlags, from: try stack(FixtureFrame(host, offset, "main"))) {
            row = try library(
                "/opt/demo/\(name)", base: 0x7f00_0000_0000 + offset * 0x10_0000, soname: name,
                flags: flags, hasUnique: hasUnique, needs: needs)
            return row
        }
        return row
    }

    private func closed(_ library: FixtureLibrary) throws {
        try close(library, from: try stack(FixtureFrame(host, 0x900, "main")))
    }

    /// dlopen fails three times for one name, and RTLD_NOLOAD says no.
    package func failures() throws {
        try start()
        for _ in 0..<3 {
            try fail(
                "libmissing.so", from: try stack(FixtureFrame(host, 0x1b0, "probe")),
                error: "libmissing.so: cannot open shared object file: No such file or directory")
        }
        try call(
            "dlopen", stack: try stack(FixtureFrame(host, 0x1c0, "probe")), value: 6,
            text: "libasked.so")
        try exit()
        try bye()
    }
}
