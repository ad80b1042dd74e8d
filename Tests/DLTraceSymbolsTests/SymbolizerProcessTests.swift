// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import DLTraceSymbols

@Suite(.timeLimit(.minutes(15))) struct SymbolizerProcessTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// The dltrace command, which is built next to the tests.
    static func command() throws -> SymbolReading {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let path = URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/dltrace"
        try #require(FileManager.default.isExecutableFile(atPath: path), "no \(path)")
        return .process(program: path, arguments: ["dltrace", "symbolize"])
    }

    /// A process that reads its limits, says that it is ready, and then does something else.
    private static func script(_ text: String) -> SymbolReading {
        .process(
            program: "/bin/sh",
            arguments: ["sh", "-c", "read -r limits; echo '{}'; read -r request; \(text)"])
    }

    private func library() throws -> (Victim, SymbolRequest) {
        let victim = try Victim(
            folder, "full.so", source: "library.c", Sources.library, "-g -O1 -shared -fPIC")
        let request = SymbolRequest(
            path: victim.path, buildID: try victim.buildID(),
            addresses: try ["hidden_work", "exported_work"].map {
                SymbolAddress(fileAddress: try victim.address(of: $0) + 1, isExact: false)
            })
        return (victim, request)
    }

    // MARK: - The real one

    @Test func `Another process gives the same answers as this one`() throws {
        let (_, request) = try library()
        let reader = try Self.command().reader(limits: SymbolizerLimits())
        let here = SymbolReading.here.reader(limits: SymbolizerLimits())
        for _ in 0..<3 {
            let reply = try reader.reply(to: request)
            #expect(reply.places.map(\.names) == [["hidden_work"], ["exported_work"]])
            #expect(try reply == here.reply(to: request))
        }
        var wrong = request
        wrong.buildID = "00"
        #expect(
            try reader.reply(to: wrong)
                == SymbolReply(failure: SymbolError(.fileReplaced, path: request.path)))
    }

    @Test func `A file at another path stands in for one that has gone, by its build id`() throws {
        let (_, request) = try library()
        var moved = request
        moved.path = "/nowhere/full.so"
        moved.otherPaths = ["/bin/true", request.path]
        let reader = try Self.command().reader(limits: SymbolizerLimits())
        #expect(try reader.reply(to: moved) == reader.reply(to: request))
    }

    @Test func `No truncated file stops the reading of others`() throws {
        let (victim, request) = try library()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: victim.path))
        let reader = try Self.command().reader(limits: SymbolizerLimits())
        let expected = try reader.reply(to: request)
        for length in stride(from: 0, to: bytes.count, by: bytes.count / 97) {
            let path = folder.file("short-\(length).so")
            try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
            var short = request
            short.path = path
            let reply = try reader.reply(to: short)
            #expect(reply.failure != nil || reply.places.count == 2)
        }
        #expect(try reader.reply(to: request) == expected)
    }

    @Test(arguments: 0..<8)
    func `No file with flipped bytes stops the reading of others`(seed: Int) throws {
        let (victim, request) = try library()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: victim.path))
        var limits = SymbolizerLimits()
        limits.processorSeconds = 2
        limits.memoryBytes = 1 << 30
        let reader = try Self.command().reader(limits: limits)
        let expected = try reader.reply(to: request)
        var generator = SeededGenerator(seed: UInt64(seed) + 1)
        for round in 0..<60 {
            var flipped = bytes
            for _ in 0..<(1 << (round % 8)) {
                let index = Int.random(in: 0..<flipped.count, using: &generator)
                flipped[index] ^= UInt8.random(in: 1...255, using: &generator)
            }
            let path = folder.file("flipped-\(seed)-\(round).so")
            try flipped.write(to: URL(fileURLWithPath: path))
            var broken = request
            broken.path = path
            let reply = try reader.reply(to: broken)
            #expect(reply.failure != nil || reply.places.count == 2)
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(try reader.reply(to: request) == expected)
    }

    // MARK: - A reader in trouble

    @Test func `A crash is the file's failure, and its names come from a simpler attempt`() throws {
        // Killed when debug information is asked for; answers for symbol tables only.
        let reader = Self.script(
            """
            case "$request" in
            *'"readsLines":true'*) kill -SEGV $$ ;;
            *) echo '{"places":[[{"n":"f","o":1}],[]]}' ;;
            esac
            """
        ).reader(limits: SymbolizerLimits())
        let (_, request) = try library()
        let reply = try reader.reply(to: request)
        #expect(reply.failure == SymbolError(.readerCrashed, path: request.path))
        #expect(reply.places == [[ResolvedFrame(name: "f", offset: 1)], []])
        #expect(
            reply.failure?.reason == "its debug information crashed the reader")
    }

    @Test(arguments: [
        "kill -KILL $$", "exit 0", "echo nonsense", "echo '{\"places\":[]}'",
        "echo '{\"places\":[[]'", "head -c 100000 /dev/zero; echo",
    ])
    func `What is no answer is a crash`(text: String) throws {
        let (_, request) = try library()
        let reader = Self.script(text).reader(limits: SymbolizerLimits())
        for _ in 0..<2 {
            #expect(
                try reader.reply(to: request)
                    == SymbolReply(failure: SymbolError(.readerCrashed, path: request.path)))
        }
    }

    @Test(arguments: [("sleep 100", 1), ("ulimit -S -t 1; while :; do :; done", 40)])
    func `A reader that does not come to an end is stopped`(text: String, seconds: Int) throws {
        let (_, request) = try library()
        var limits = SymbolizerLimits()
        limits.seconds = seconds
        let reader = Self.script(text).reader(limits: limits)
        let start = ContinuousClock.now
        #expect(
            try reader.reply(to: request)
                == SymbolReply(failure: SymbolError(.readerTooSlow, path: request.path)))
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test(arguments: ["/nowhere/dltrace", "/bin/true", "/bin/echo"])
    func `A reader that cannot be started is nobody's failure`(program: String) throws {
        let (_, request) = try library()
        let reader = SymbolReading.process(program: program, arguments: ["dltrace", "symbolize"])
            .reader(limits: SymbolizerLimits())
        do throws(SymbolError) {
            let reply = try reader.reply(to: request)
            Issue.record("an answer: \(reply)")
        } catch {
            #expect(error.code == .readerUnavailable)
            #expect(error.path == program)
        }
    }

    @Test func `The reader gets no open files and no terminal's signals`() throws {
        let (_, request) = try library()
        let list = folder.file("list")
        let reader = Self.script("ls -l /proc/$$/fd > \(list); ps -o pid=,pgid= -p $$ >> \(list)")
            .reader(limits: SymbolizerLimits())
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        _ = try reader.reply(to: request)
        let text = try String(contentsOfFile: list, encoding: .utf8)
        let descriptors = text.matches(of: /(\d+) -> (\S+)/).map { "\($0.1) \($0.2)" }
        // The shell keeps its standard output in 10 while the list is written.
        #expect(
            descriptors.allSatisfy { $0.wholeMatch(of: /(0|1|2|10)\ .*/) != nil }, "\(descriptors)")
        #expect(descriptors.filter { $0.hasSuffix("/dev/null") } == ["2 /dev/null"])
        let numbers = text.split(separator: "\n").last?.split(separator: " ") ?? []
        #expect(numbers.count == 2)
        #expect(numbers.first == numbers.last)
    }

    @Test func `The reader gets neither the network nor a tracer`() {
        let environment = SymbolizerConnection.environment(from: [
            "PATH": "/bin", "LD_PRELOAD": "libdltrace.so", "DEBUGINFOD_URLS": "https://x",
            "DLTRACE_DB": "x", "SWIFT_BACKTRACE": "enable=yes", "LD_LIBRARY_PATH": "/opt",
        ])
        #expect(
            Set(environment) == ["PATH=/bin", "LD_LIBRARY_PATH=/opt", "SWIFT_BACKTRACE=enable=no"])
    }
}
