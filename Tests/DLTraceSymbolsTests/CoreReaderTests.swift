// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceSymbols

@Suite(
    .enabled(if: CorePattern.isPlainName, "the kernel hands core files to a program here"),
    .timeLimit(.minutes(15)))
struct CoreReaderTests {
    let folder: TestFolder
    let core: String
    let plugin: CoreLibrary

    init() throws {
        folder = try TestFolder()
        let library = try Victim(
            folder, "plugin.so", source: "plugin.c", Sources.plugin, "-g -O1 -shared -fPIC")
        _ = try Victim(
            folder, "host", source: "host.c", Sources.pluginHost, "-g -O1 -pthread")
        let output = try folder.run(
            "sh", ["-c", "ulimit -c unlimited; (./host \(library.path) || :) 2> messages"])
        let base = try #require(
            UInt64(output.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16))
        let name = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .first { $0.hasPrefix("core") }
        core = folder.file(try #require(name, "no core file"))
        plugin = CoreLibrary(
            path: library.path, buildID: try library.buildID(), base: base,
            extent: base..<(base + 0x5000))
    }

    private func read(
        _ libraries: [CoreLibrary], core: String? = nil, using reading: SymbolReading? = nil
    ) throws -> CoreReport {
        try CoreReader.read(
            CoreRequest(path: core ?? self.core, libraries: libraries),
            using: reading ?? SymbolizerProcessTests.command())
    }

    /// The functions of a stack up to main or the thread's start.
    private func names(_ thread: CoreThread?) -> [String] {
        let all = (thread?.frames ?? []).flatMap { $0.functions.map { $0.name ?? "??" } }
        let end = all.firstIndex { ["main", "start_thread"].contains($0) } ?? all.endIndex - 1
        return Array(all[...end])
    }

    @Test func `Stacks go through code that was unloaded`() throws {
        let report = try read([plugin])
        #expect(report.signal == SIGSEGV)
        #expect(report.unloaded == [plugin])
        #expect(report.missing.isEmpty)
        #expect(report.threads.count == 2)

        let first = try #require(report.threads.first)
        #expect(first.id == report.process)
        #expect(names(first) == ["plugin_entry", "call_stale", "main"])
        #expect(first.obstacle == nil)
        let top = try #require(first.frames.first)
        #expect(top.isExact)
        #expect(top.isUnloaded)
        #expect(top.path == plugin.path)
        #expect(top.fileAddress == top.address - plugin.base)
        #expect(top.functions.first?.offset == 0)
        #expect(top.functions.first?.file == folder.file("plugin.c"))
        #expect(report.faultAddress == top.address)
        #expect(first.frames.dropFirst().allSatisfy { !$0.isUnloaded && !$0.isExact })

        let second = try #require(report.threads.last)
        let stack = names(second).drop { $0 != "wait_for_ever" }
        #expect(
            Array(stack) == [
                "wait_for_ever", "plugin_inside", "plugin_entry", "work", "start_thread",
            ])
        #expect(
            second.frames.filter(\.isUnloaded).flatMap(\.functions).map(\.name) == [
                "plugin_inside", "plugin_entry",
            ])
    }

    @Test func `Both ways of reading give the same`() throws {
        #expect(try read([plugin]) == read([plugin], using: .here))
    }

    @Test func `Without the trace the stack ends where nothing is known`() throws {
        let report = try read([])
        #expect(report.threads.count == 2)
        let top = try #require(report.threads.first?.frames.first)
        #expect(top.path == nil)
        #expect(top.functions.isEmpty)
        #expect(report.threads.first?.obstacle != nil)
    }

    @Test func `The newest library at an address is taken, and only its own file`() throws {
        var older = plugin
        older.path = "/nowhere/older.so"
        older.buildID = "00"
        let report = try read([plugin, older])
        #expect(report.unloaded == [plugin])
        #expect(report.missing.isEmpty)

        let wrong = try read([older, plugin])
        #expect(wrong.missing == [older])
        #expect(wrong.unloaded.isEmpty)

        try folder.run("cp /bin/true plugin.so")
        let replaced = try read([plugin])
        #expect(replaced.missing == [plugin])
        #expect(replaced.threads.first?.frames.first?.isUnloaded == false)
    }

    @Test func `A library that is still mapped is not put there twice`() throws {
        let report = try read([plugin])
        let libc = try #require(
            report.threads.last?.frames.first { $0.path?.contains("libc.so") == true })
        let page = libc.address & ~0xfff
        let mapped = CoreLibrary(
            path: plugin.path, buildID: plugin.buildID, base: page, extent: page..<(page + 0x1000))
        let again = try read([mapped, plugin])
        #expect(again.unloaded == [plugin])
        #expect(again.threads == report.threads)
    }

    @Test func `What is no core file, or a broken one, is refused or read in part`() throws {
        func code(_ path: String) throws -> SymbolError.Code? {
            let command = try SymbolizerProcessTests.command()
            do throws(SymbolError) {
                _ = try CoreReader.read(
                    CoreRequest(path: path, libraries: [plugin]), using: command)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(try code(folder.file("nothing")) == .fileGone)
        #expect(try code(plugin.path) == .notELF)
        #expect(try code(folder.write("text", "no core file")) == .notELF)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: core), options: .alwaysMapped)
        let harmless: [SymbolError.Code?] = [nil, .notELF, .readerCrashed, .readerTooSlow]
        for length in [0, 64, 1_000, 5_000, 100_000, bytes.count / 2] {
            let short = folder.file("short")
            try bytes.prefix(length).write(to: URL(fileURLWithPath: short))
            #expect(try harmless.contains(code(short)))
        }
        var generator = SeededGenerator(seed: 7)
        for round in 0..<12 {
            var flipped = bytes
            let limit = round % 2 == 0 ? 8_192 : bytes.count
            for _ in 0..<64 {
                flipped[Int.random(in: 0..<limit, using: &generator)] ^= UInt8(1 << (round % 8))
            }
            let path = folder.file("flipped")
            try flipped.write(to: URL(fileURLWithPath: path))
            #expect(try harmless.contains(code(path)))
        }
    }
}
