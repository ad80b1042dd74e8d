// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceSymbols

@Suite struct SymbolResolverTests {
    let folder: TestFolder
    let resolver: SymbolResolver

    init() throws {
        folder = try TestFolder()
        resolver = SymbolResolver(debugFolders: [folder.file("debug")])
    }

    private func lookup(
        _ victim: Victim, _ address: UInt64, isExact: Bool = true
    ) throws -> [ResolvedFrame] {
        try resolver.lookup(
            path: victim.path, buildID: victim.buildID(),
            address: SymbolAddress(fileAddress: address, isExact: isExact))
    }

    /// Every instruction has the files and lines that addr2line gives it.
    private func expectSameLines(_ victim: Victim, _ comment: Comment) throws {
        let addresses = try victim.instructions()
        let expected = try victim.lines(addresses)
        let buildID = try victim.buildID()
        #expect(expected.count == addresses.count)
        #expect(expected.count { $0.first?.hasPrefix("/") == true } > 25)
        for (address, lines) in zip(addresses, expected) where lines.first?.hasPrefix("/") == true {
            let frames = try resolver.lookup(
                path: victim.path, buildID: buildID,
                address: SymbolAddress(fileAddress: address, isExact: true))
            #expect(frames.lines == lines, "\(comment): \(String(address, radix: 16))")
        }
    }

    // MARK: - Lines and inlined functions

    @Test(arguments: ["-O0", "-O1", "-O2", "-O2 -no-pie", "-O2 -gdwarf-4", "-O2 -gz"])
    func `Every instruction has the lines that addr2line gives it`(options: String) throws {
        let victim = try Victim(
            folder, source: "inlined.cpp", Sources.inlined, "-g \(options)")
        try expectSameLines(victim, "\(options)")
    }

    @Test func `Debug information without ranges and in dwo files is read`() throws {
        let split = try Victim(
            folder, "split", source: "inlined.cpp", Sources.inlined, "-g -O2 -gsplit-dwarf")
        let whole = try Victim(folder, "whole", source: "inlined.cpp", Sources.inlined, "-g -O2")
        let buildID = try split.buildID()
        for address in try split.instructions() {
            let place = SymbolAddress(fileAddress: address, isExact: true)
            #expect(
                try resolver.lookup(path: split.path, buildID: buildID, address: place)
                    == lookup(whole, address))
        }
        try folder.run("objcopy --remove-section .debug_aranges whole bare")
        let bare = Victim(folder, at: folder.file("bare"))
        try expectSameLines(bare, "no .debug_aranges")
    }

    @Test func `Inlined functions come innermost first, the real one last`() throws {
        let victim = try Victim(folder, source: "inlined.cpp", Sources.inlined, "-g -O2")
        let destructor = try victim.symbols()["_ZN3box6HolderIlED2Ev"]
        let range = try #require(destructor)
        var seen: Set<[String?]> = []
        for address in try victim.instructions()
        where address >= range.address && address < range.address + range.size {
            let frames = try lookup(victim, address)
            seen.insert(frames.names)
            #expect(frames.last?.offset == address - range.address)
            #expect(frames.dropLast().allSatisfy { $0.offset == nil && $0.line != nil })
        }
        #expect(
            seen.contains(["box::innermost", "box::middle(int)", "box::Holder<long>::~Holder()"]))
        #expect(seen.contains(["box::Holder<long>::~Holder()"]))
        #expect(seen.allSatisfy { $0.last == "box::Holder<long>::~Holder()" })
    }

    @Test func `A lambda and a template's destructor have names as in the source`() throws {
        let victim = try Victim(folder, source: "inlined.cpp", Sources.inlined, "-g -O0")
        for (symbol, name) in [
            ("_ZN3box6HolderIlED2Ev", "box::Holder<long>::~Holder()"),
            ("_ZZ5entryENKUliE_clEi", "entry::{lambda(int)#1}::operator()(int) const"),
            ("entry", "entry"),
        ] {
            let frames = try lookup(victim, victim.address(of: symbol) + 4)
            #expect(frames.names == [name])
            #expect(frames.last?.offset == 4)
            #expect(frames.last?.file == folder.file("inlined.cpp"))
        }
    }

    // MARK: - Return addresses

    @Test func `A return address belongs to the call before it, even at a function's end`() throws {
        let victim = try Victim(folder, source: "inlined.cpp", Sources.inlined, "-g -O1")
        let function = try #require(try victim.symbols()["stop_here"])
        let end = function.address + function.size
        let frames = try lookup(victim, end, isExact: false)
        #expect(frames.names == ["stop_here"])
        #expect(frames.last?.offset == function.size)
        #expect(try frames.lines == victim.lines([end - 1])[0])
        #expect(try lookup(victim, end, isExact: true).names != ["stop_here"])
    }

    // MARK: - Without debug information

    @Test func `A stripped library has the names of what it exports, and no others`() throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-O1 -shared -fPIC")
        let exported = try victim.address(of: "exported_work")
        let hidden = try victim.address(of: "hidden_work")
        try folder.run("strip -o stripped.so full.so")
        let stripped = Victim(folder, at: folder.file("stripped.so"))
        #expect(
            try lookup(stripped, exported + 1)
                == [ResolvedFrame(name: "exported_work", offset: 1)])
        #expect(try lookup(stripped, hidden + 1).isEmpty)
        #expect(
            try lookup(victim, hidden + 1) == [ResolvedFrame(name: "hidden_work", offset: 1)])
    }

    @Test func `The small symbol table in .gnu_debugdata is read`() throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-O1 -shared -fPIC")
        let hidden = try victim.address(of: "hidden_work")
        try folder.run("objcopy -S --only-keep-debug --strip-debug full.so mini")
        try folder.run("objcopy --keep-symbol=hidden_work full.so mini.full")
        try folder.run("objcopy -S --keep-symbol=hidden_work full.so mini")
        try folder.run("xz mini")
        try folder.run("strip -o stripped.so full.so")
        try folder.run("objcopy --add-section .gnu_debugdata=mini.xz stripped.so victim.so")
        let stripped = Victim(folder, at: folder.file("stripped.so"))
        let victim2 = Victim(folder, at: folder.file("victim.so"))
        #expect(try lookup(stripped, hidden).isEmpty)
        #expect(
            try lookup(victim2, hidden + 2) == [ResolvedFrame(name: "hidden_work", offset: 2)])
        #expect(
            try lookup(victim2, victim.address(of: "exported_work")).names == ["exported_work"])
    }

    @Test func `A debug file that .gnu_debuglink names is read, and only the right one`() throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library,
            "-g -O1 -shared -fPIC -Wl,--build-id=none")
        let hidden = try victim.address(of: "hidden_work")
        try folder.run("objcopy --only-keep-debug full.so stripped.debug")
        try folder.run("strip -o stripped.so full.so")
        try folder.run("objcopy --add-gnu-debuglink=stripped.debug stripped.so")
        let stripped = Victim(folder, at: folder.file("stripped.so"))
        let frames = try lookup(stripped, hidden)
        #expect(frames.names == ["hidden_work"])
        #expect(try frames.lines == victim.lines([hidden])[0])

        try folder.run("cp stripped.so second.so")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder.file("stripped.debug")))
        try file.seekToEnd()
        try file.write(contentsOf: Data("changed".utf8))
        try file.close()
        let second = Victim(folder, at: folder.file("second.so"))
        #expect(try lookup(second, hidden).isEmpty)
    }

    @Test(arguments: ["", ".debug/", "debug"])
    func `A debug file that is named is taken only if it has the build id`(place: String) throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-g -O1 -shared -fPIC")
        let hidden = try victim.address(of: "hidden_work")
        let target = place == "debug" ? "\(folder.file("debug"))\(folder.path)/" : place
        if !target.isEmpty { try folder.run("mkdir -p \(target)") }
        try folder.run("objcopy --only-keep-debug full.so \(target)named.debug")
        try folder.run("strip -o stripped.so full.so")
        try folder.run("objcopy --add-gnu-debuglink=\(target)named.debug stripped.so")
        try folder.run("cp stripped.so second.so")
        let stripped = Victim(folder, at: folder.file("stripped.so"))
        #expect(try lookup(stripped, hidden).lines == victim.lines([hidden])[0])

        try folder.run("cp /bin/true \(target)named.debug")
        #expect(try lookup(Victim(folder, at: folder.file("second.so")), hidden).isEmpty)
        // Servers for debug files are never asked.
        let maps = try folder.run("cat /proc/\(getpid())/maps")
        #expect(maps.contains("libdw"))
        #expect(!maps.contains("libdebuginfod"))
    }

    @Test func `A debug file is found by its build id`() throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-g -O1 -shared -fPIC")
        let stripped = try strippedWithDebugFile(victim)
        let hidden = try victim.address(of: "hidden_work")
        let frames = try lookup(stripped, hidden)
        #expect(frames.names == ["hidden_work"])
        #expect(try frames.lines == victim.lines([hidden])[0])
    }

    /// Puts a victim's debug information where packages have it.
    private func strippedWithDebugFile(_ victim: Victim) throws -> Victim {
        let buildID = try victim.buildID()
        let place = "debug/.build-id/\(buildID.prefix(2))"
        try folder.run("mkdir -p \(place)")
        try folder.run(
            "objcopy --only-keep-debug \(victim.path) \(place)/\(buildID.dropFirst(2)).debug")
        try folder.run("strip -o stripped.so \(victim.path)")
        return Victim(folder, at: folder.file("stripped.so"))
    }

    // MARK: - Odd places

    @Test func `A function without size ends at the next symbol or with its section`() throws {
        let victim = try Victim(
            folder, "odd.so", source: "odd.s", Sources.assembler, "-shared -nostdlib")
        let unsized = try victim.address(of: "unsized_first")
        let sized = try victim.address(of: "sized")
        let last = try victim.address(of: "unsized_last")
        let text = try victim.section(".text")
        #expect(
            try lookup(victim, unsized + 3) == [ResolvedFrame(name: "unsized_first", offset: 3)])
        #expect(try lookup(victim, sized + 1).names == ["sized"])
        #expect(try lookup(victim, sized + 2).isEmpty)
        #expect(try lookup(victim, last + 1).names == ["unsized_last"])
        #expect(try lookup(victim, text.upperBound + 64).isEmpty)
        #expect(try lookup(victim, 0).isEmpty)
        #expect(try lookup(victim, .max).isEmpty)
        #expect(try lookup(victim, 0, isExact: false).isEmpty)
    }

    @Test func `The sections for init and fini are _init and _fini`() throws {
        let victim = try Victim(folder, source: "inlined.cpp", Sources.inlined, "-O1")
        for name in ["init", "fini"] {
            let section = try victim.section(".\(name)")
            #expect(try lookup(victim, section.upperBound - 1).names == ["_\(name)"])
            #expect(try lookup(victim, section.upperBound).names != ["_\(name)"])
        }
    }

    @Test(
        .enabled(
            if: isX86, "stubs are read on x86-64 only"),
        arguments: ["", "-fcf-protection -Wl,-z,ibtplt", "-no-pie"])
    func `The stub of a function in another library is called as gdb calls it`(
        options: String
    ) throws {
        let victim = try Victim(
            folder, source: "inlined.cpp", Sources.inlined, "-O1 -Wl,-z,lazy \(options)")
        let name = options.contains("ibtplt") ? ".plt.sec" : ".plt"
        let stubs = try victim.section(name)
        var names: Set<String> = []
        for address in stubs {
            for frame in try lookup(victim, address) { names.insert(frame.name ?? "??") }
        }
        #expect(names.isSuperset(of: ["puts@plt", "abort@plt"]))
        #expect(names.allSatisfy { $0.hasSuffix("@plt") })
    }

    @Test func `The kernel's own object has names, too`() throws {
        let image = try #require(VirtualObject.open())
        defer { close(image) }
        let copy = Victim(folder, at: folder.file("vdso.so"))
        try folder.run("cp /proc/\(getpid())/fd/\(image) vdso.so")
        let address = try copy.address(of: "__vdso_clock_gettime@@LINUX_2.6", ["-D"])
        let frames = try resolver.lookup(
            path: "linux-vdso.so.1", buildID: copy.buildID(),
            address: SymbolAddress(fileAddress: address, isExact: true))
        #expect(
            frames.first?.name == "clock_gettime" || frames.first?.name == "__vdso_clock_gettime")
    }

    // MARK: - Files that are not what they were

    @Test func `A file that was replaced or has gone is not used`() throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-g -O1 -shared -fPIC")
        let buildID = try victim.buildID()
        let place = SymbolAddress(
            fileAddress: try victim.address(of: "hidden_work"), isExact: true)
        func code(_ path: String, _ buildID: String) -> SymbolError.Code? {
            do throws(SymbolError) {
                _ = try resolver.lookup(path: path, buildID: buildID, address: place)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(victim.path, "0123456789abcdef") == .fileReplaced)
        #expect(code(victim.path, "") == .fileReplaced)
        #expect(code(folder.path, buildID) == .fileReplaced)
        #expect(code(folder.file("nothing.so"), buildID) == .fileGone)
        #expect(code("relative.so", buildID) == .fileGone)
        #expect(code(victim.path + "/below", buildID) == .fileGone)
        #expect(code(try folder.write("text", "no ELF file"), buildID) == .notELF)
        #expect(code(try folder.write("empty", ""), buildID) == .notELF)
        try folder.run("mkfifo pipe")
        #expect(code(folder.file("pipe"), buildID) == .fileReplaced)
        #expect(
            SymbolError(.fileGone, path: "/x").reason == "the file is gone")
        #expect(
            SymbolError(.fileReplaced, path: "/x").reason == "the file was replaced since")
    }

    @Test func `The debug file has the names when the file itself is gone or replaced`() throws {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-g -O1 -shared -fPIC")
        let hidden = try victim.address(of: "hidden_work")
        let expected = try victim.lines([hidden])[0]
        let buildID = try victim.buildID()
        let stripped = try strippedWithDebugFile(victim)
        let place = SymbolAddress(fileAddress: hidden, isExact: true)
        try folder.run("cp /bin/true stripped.so")
        let replaced = try resolver.lookup(path: stripped.path, buildID: buildID, address: place)
        #expect(replaced.names == ["hidden_work"])
        #expect(replaced.lines == expected)
        try folder.run("rm stripped.so")
        let gone = try SymbolResolver(debugFolders: [folder.file("debug")])
            .lookup(path: stripped.path, buildID: buildID, address: place)
        #expect(gone == replaced)
    }

    @Test func `A file without build id must not have changed since it was loaded`() throws {
        let victim = try Victim(
            folder, source: "library.c", Sources.library,
            "-O1 -shared -fPIC -Wl,--build-id=none")
        let place = SymbolAddress(
            fileAddress: try victim.address(of: "hidden_work"), isExact: true)
        let changed = try #require(FileIdentity(path: victim.path)).changedUnixNs
        #expect(
            try resolver.lookup(path: victim.path, buildID: "", address: place).names
                == ["hidden_work"])
        #expect(
            try SymbolResolver().lookup(
                path: victim.path, buildID: "", address: place, loadedUnixNs: changed
            ).names == ["hidden_work"])
        #expect(throws: SymbolError(.fileReplaced, path: victim.path)) {
            try SymbolResolver().lookup(
                path: victim.path, buildID: "", address: place, loadedUnixNs: changed - 1)
        }
    }

    @Test func `More files than are kept open are looked up in turn`() throws {
        let victims = try (0..<7).map {
            try Victim(
                folder, "lib\($0).so", source: "library.c", Sources.library,
                "-g -O1 -shared -fPIC -Wl,-soname,lib\($0).so")
        }
        for _ in 0..<2 {
            for victim in victims {
                let frames = try lookup(victim, victim.address(of: "exported_work"))
                #expect(frames.names == ["exported_work"])
            }
        }
    }
}

private var isX86: Bool {
    #if arch(x86_64)
    true
    #else
    false
    #endif
}
