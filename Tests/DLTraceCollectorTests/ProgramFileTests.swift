// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceCollector

@Suite("The program to run")
struct ProgramFileTests {
    /// An ELF file for this machine, to be changed.
    private static func sample() throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
    }

    private static func replace(_ bytes: [UInt8], _ from: String, _ to: String) throws -> [UInt8] {
        let range = try #require(bytes.firstRange(of: Array(from.utf8)))
        var changed = bytes
        changed.replaceSubrange(
            range, with: to.utf8 + [UInt8](repeating: 0, count: from.utf8.count - to.utf8.count))
        return changed
    }

    @Test("A name is looked up in PATH, past what can't be executed")
    func lookUp() throws {
        let folder = try TestFolder()
        try folder.make("a")
        try folder.make("b")
        try folder.write("a/tool", mode: 0o600)
        try folder.write("b/tool", try Self.sample(), mode: 0o700)
        let program = try ProgramFile(
            named: "tool", searchPath: "\(folder / "a"):\(folder / "none"):\(folder / "b")")
        #expect(program.path == RawText(folder / "b/tool"))
        #expect(program.obstacle == nil)
    }

    @Test("A name, a folder in PATH and an interpreter need not be UTF-8")
    func bytes() throws {
        let folder = try TestFolder()
        let odd = RawText(Array("\(folder.path)/\u{e9}".utf8) + [0xff, 0xc0])
        let program = RawText(odd.bytes + Array("/t".utf8) + [0xfe])
        #expect(mkdir(odd.cString, 0o700) == 0)
        #expect(symlink("/bin/true", program.cString) == 0)
        #expect(try ProgramFile(named: program, searchPath: nil).path == program)
        let found = try ProgramFile(
            named: RawText([UInt8(ascii: "t"), 0xfe]),
            searchPath: RawText(Array("/none:".utf8) + odd.bytes))
        #expect(found.path == program)
        let script = try folder.write(
            "script", Array("#!".utf8) + program.bytes + Array(" -x\n".utf8), mode: 0o700)
        #expect(try ProgramFile(named: RawText(script), searchPath: nil).image == program)
    }

    @Test("A missing program and one that can't be executed are told apart")
    func missing() throws {
        let folder = try TestFolder()
        let file = try folder.write("plain", mode: 0o600)
        func status(_ name: String, _ path: String? = nil) -> Int32? {
            do {
                _ = try ProgramFile(named: RawText(name), searchPath: path.map { RawText($0) })
                return nil
            } catch {
                return (error as? CollectorError)?.exitStatus
            }
        }
        #expect(status("no-such-program", "/bin") == 127)
        #expect(status(folder / "nothing") == 127)
        #expect(status("") == 127)
        #expect(status(file) == 126)
        #expect(status(folder.path) == 126)
        #expect(status("plain", folder.path) == 126)
    }

    @Test("A script is judged by its interpreter's interpreter")
    func script() throws {
        let folder = try TestFolder()
        let inner = try folder.write("inner", Array("#! /bin/cat -n\n".utf8), mode: 0o700)
        let outer = try folder.write("outer", Array("#!\(inner) x\n".utf8), mode: 0o700)
        let bare = try folder.write("bare", Array("echo hi\n".utf8), mode: 0o700)
        #expect(try ProgramFile(named: RawText(outer), searchPath: nil).image == "/bin/cat")
        #expect(try ProgramFile(named: RawText(bare), searchPath: nil).image == "/bin/sh")
    }

    @Test("A script that is its own interpreter has an end")
    func loop() throws {
        let folder = try TestFolder()
        let path = folder / "loop"
        try folder.write("loop", Array("#!\(path)\n".utf8), mode: 0o700)
        #expect(try ProgramFile(named: RawText(path), searchPath: nil).obstacle == nil)
    }

    @Test("32-bit, musl and static programs can't be traced")
    func obstacles() throws {
        let folder = try TestFolder()
        func obstacle(_ name: String, _ bytes: [UInt8]) throws -> Obstacle? {
            let path = try folder.write(name, bytes, mode: 0o700)
            return try ProgramFile(named: RawText(path), searchPath: nil).obstacle
        }
        let sample = try Self.sample()
        var narrow = sample
        narrow[4] = 1
        #expect(try obstacle("narrow", narrow) == .wordSize(32))
        let loader = String(try #require(sample.elfLoader))
        let musl = try Self.replace(sample, loader, "/lib/ld-musl.so.1")
        #expect(try obstacle("musl", musl) == .loader("/lib/ld-musl.so.1"))
        // PT_INTERP is segment type 3; as a PT_NULL it is none.
        var bound = sample
        let offset = Int(bound[32]) | Int(bound[33]) << 8
        let segment = try #require((0..<Int(bound[56])).first { bound[offset + $0 * 56] == 3 })
        bound[offset + segment * 56] = 0
        #expect(try obstacle("bound", bound) == .statically)
        #expect(Obstacle.statically.leavesDescendantsTraceable)
        #expect(!Obstacle.wordSize(32).leavesDescendantsTraceable)
    }

    @Test(
        "A set-user-id program of another user can't be traced",
        .enabled(if: geteuid() == 0, "only root can make a file another user's"))
    func privileged() throws {
        let folder = try TestFolder()
        let path = try folder.write("su", try Self.sample(), mode: 0o755)
        #expect(chown(path, 1, 1) == 0)
        #expect(chmod(path, 0o4755) == 0)
        #expect(try ProgramFile(named: RawText(path), searchPath: nil).obstacle == .privileged)
    }

    @Test("What the program needs is read, and a broken file harms nobody")
    func broken() throws {
        let folder = try TestFolder()
        let sample = try Self.sample()
        let whole = try #require(Descriptor("/bin/true", O_RDONLY).flatMap(ElfFile.init))
        #expect(whole.needed == ["libc.so.6"])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var bytes = Array(sample.prefix(Int.random(in: 0..<sample.count, using: &generator)))
            for _ in 0..<20 where !bytes.isEmpty {
                let limit = min(bytes.count, 1024)
                bytes[Int.random(in: 0..<limit, using: &generator)] = .random(in: 0...255)
            }
            let path = try folder.write("broken", bytes, mode: 0o700)
            _ = try ProgramFile(named: RawText(path), searchPath: nil)
        }
    }
}

extension [UInt8] {
    fileprivate var elfLoader: Substring? {
        firstRange(of: Array("/lib64/ld-linux".utf8)).map { range in
            Substring(String(decoding: self[range.lowerBound...].prefix { $0 != 0 }, as: UTF8.self))
        }
    }
}
