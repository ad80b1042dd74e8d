// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceSymbols

/// Files made to hurt whoever reads them: each costs its own names, in bounded time and memory, and nothing else.
@Suite(.timeLimit(.minutes(15))) struct HostileFileTests {
    let folder: TestFolder
    private let reader: any SymbolReader
    private let good: SymbolRequest

    init() throws {
        folder = try TestFolder()
        var limits = SymbolizerLimits()
        limits.memoryBytes = 96 << 20
        limits.processorSeconds = 2
        limits.seconds = 20
        reader = try SymbolizerProcessTests.command().reader(limits: limits)
        let victim = try Victim(
            folder, "good.so", source: "library.c", Sources.library, "-g -O1 -shared -fPIC")
        good = SymbolRequest(
            path: victim.path, buildID: try victim.buildID(),
            addresses: [
                SymbolAddress(fileAddress: try victim.address(of: "hidden_work"), isExact: true)
            ])
    }

    /// What becomes of a file in whose place another one lies, after which the good one is read as ever.
    private func reply(_ path: String, buildID: String, at address: UInt64) throws -> SymbolReply {
        let place = SymbolAddress(fileAddress: address, isExact: true)
        let reply = try reader.reply(
            to: SymbolRequest(path: path, buildID: buildID, addresses: [place]))
        #expect(try reader.reply(to: good).places.map(\.names) == [["hidden_work"]])
        return reply
    }

    // MARK: - Names

    /// Each type is made of two of the one before: f(A<int, int>, A<A<int, int>, A<int, int> >, …).
    private static let doubling =
        "_Z1f1AIiiE"
        + (0..<40).map { index in
            let before = "S\(String(index, radix: 36).uppercased())_"
            return "S_I\(before)\(before)E"
        }.joined()

    @Test(arguments: [
        HostileFileTests.doubling,
        "_Z1f" + String(repeating: "P", count: 16_000) + "i",
        "_Z1f" + String(repeating: "I", count: 8_000),
        "_ZN" + String(repeating: "1a", count: 8_000) + "17h0123456789abcdefE",
        "_ZN9" + String(repeating: "9", count: 16_000),
        "$s4main" + String(repeating: "SaySay", count: 2_500),
        "$s" + String(repeating: "A", count: 16_000),
    ])
    func `A name that demanglers choke on`(symbol: String) throws {
        let source = """
            .text
            .globl "\(symbol)"
            .type "\(symbol)", @function
            "\(symbol)":
            ret
            .size "\(symbol)", 1
            .globl plain_name
            .type plain_name, @function
            plain_name:
            ret
            .size plain_name, 1

            """
        let victim = try Victim(folder, "bomb.so", source: "bomb.s", source, "-shared")
        let plain = try victim.address(of: "plain_name")
        let buildID = try victim.buildID()
        let bomb = try reply(victim.path, buildID: buildID, at: plain - 1)
        let name = bomb.places.first?.first?.name ?? ""
        #expect(bomb.failure != nil || !name.isEmpty)
        #expect(name.utf8.count <= Demangler.longestName + 8)
        // Asked for alone, another name of the file is found.
        let other = try reply(victim.path, buildID: buildID, at: plain)
        #expect(other.places.map(\.names) == [["plain_name"]])
    }

    // MARK: - Sections

    @Test func `A compressed section that inflates beyond all bounds`() throws {
        let source = """
            .text
            .globl plain_name
            .type plain_name, @function
            plain_name:
            ret
            .size plain_name, 1
            .section .debug_info, "", @progbits
            .zero 200000000
            .section .debug_abbrev, "", @progbits
            .zero 200000000

            """
        let victim = try Victim(folder, "big.so", source: "big.s", source, "-gz -shared")
        let size = try #require(FileIdentity(path: victim.path)).sizeBytes
        #expect(size < 4 << 20)
        let answer = try reply(
            victim.path, buildID: victim.buildID(), at: victim.address(of: "plain_name"))
        #expect(answer.places.map(\.names) == [["plain_name"]])
    }

    @Test(arguments: [0, 1, 1 << 31, 1 << 40, UInt64(Int64.max), .max])
    func `A compressed section that lies about its size`(size: UInt64) throws {
        let victim = try Victim(
            folder, "lies.so", source: "lies.c", Sources.library, "-g -gz -O1 -shared -fPIC")
        let buildID = try victim.buildID()
        let address = try victim.address(of: "hidden_work")
        let headers = try folder.run("readelf", ["-SW", victim.path])
        let match = headers.firstMatch(of: /\.debug_info +PROGBITS +[0-9a-f]+ ([0-9a-f]+)/)
        let offset = try #require(match.flatMap { Int($0.1, radix: 16) })
        var bytes = try Data(contentsOf: URL(fileURLWithPath: victim.path))
        withUnsafeBytes(of: size.littleEndian) {
            bytes.replaceSubrange((offset + 8)..<(offset + 16), with: $0)
        }
        try bytes.write(to: URL(fileURLWithPath: victim.path))
        let answer = try reply(victim.path, buildID: buildID, at: address)
        #expect(answer.places.map(\.names) == [["hidden_work"]])
    }

    // MARK: - What is no file

    @Test func `What is no file is not opened`() throws {
        try folder.run("mkfifo pipe")
        try folder.run("mkfifo good.so.debug")
        for path in [folder.file("pipe"), folder.path, "/dev/zero", "/dev/tty", "/proc/self/fd/0"] {
            let answer = try reply(path, buildID: good.buildID, at: 0x1000)
            #expect(
                [.fileReplaced, .fileGone, .fileUnreadable].contains(answer.failure?.code),
                "\(path)")
        }
        // Files of no length, or of as much as anybody reads.
        for path in ["/proc/self/maps", "/proc/self/mem", "/proc/self/pagemap"] {
            let answer = try reply(path, buildID: good.buildID, at: 0x1000)
            #expect(answer.failure != nil, "\(path)")
        }
        #expect(throws: SymbolError(.notELF, path: "/dev/zero", detail: "it is no file")) {
            _ = try reader.report(for: CoreRequest(path: "/dev/zero"))
        }
    }

    // MARK: - Core files

    @Test(arguments: HostileCore.all)
    func `A core file that lies`(core: HostileCore) throws {
        let path = folder.file("lying")
        try Data(core.bytes).write(to: URL(fileURLWithPath: path))
        if core.fileSize > 0 {
            try #require(truncate(path, off_t(core.fileSize)) == 0)
        }
        var limits = SymbolizerLimits()
        limits.memoryBytes = 96 << 20
        limits.processorSeconds = 2
        let command = try SymbolizerProcessTests.command()
        do throws(SymbolError) {
            let report = try CoreReader.read(
                CoreRequest(
                    path: path,
                    libraries: [
                        CoreLibrary(
                            path: good.path, buildID: good.buildID, base: .max - 4096,
                            extent: (.max - 4096)..<(.max))
                    ]), using: command, limits: limits)
            #expect(report.threads.count <= 16)
        } catch {
            #expect(
                [.notELF, .readerCrashed, .readerTooSlow].contains(error.code), "\(error)")
        }
        #expect(try reader.reply(to: good).places.map(\.names) == [["hidden_work"]])
    }
}
