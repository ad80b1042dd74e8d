// SPDX-License-Identifier: Apache-2.0

import Foundation

@testable import DLTraceSymbols

/// A small program or library, compiled for a test, and what binutils say about it.
struct Victim {
    /// The folder it lies in.
    let folder: TestFolder

    /// Its absolute path.
    let path: String

    /// Compiles a source text.
    ///
    /// - Parameters:
    ///   - folder: Where.
    ///   - name: The name of what is made.
    ///   - source: The name of the source: C, C++ or assembler, by its suffix.
    ///   - text: What it says.
    ///   - options: For the compiler.
    /// - Throws: ``ToolFailure`` where it does not compile.
    init(
        _ folder: TestFolder, _ name: String = "victim", source: String, _ text: String,
        _ options: String
    ) throws {
        self.folder = folder
        path = folder.file(name)
        try folder.write(source, text)
        let compiler = source.hasSuffix(".cpp") ? "c++" : "cc"
        try folder.run("\(compiler) \(options) -o \(name) \(source)")
    }

    /// Takes a file that is there.
    init(_ folder: TestFolder, at path: String) {
        self.folder = folder
        self.path = path
    }

    /// Its build id as readelf prints it, empty without one.
    func buildID() throws -> String {
        let notes = try folder.run("readelf", ["-n", path])
        return notes.firstMatch(of: /Build ID: ([0-9a-f]+)/).map { String($0.1) } ?? ""
    }

    /// The symbols as nm prints them: address and size by name.
    func symbols(_ options: [String] = []) throws -> [String: (address: UInt64, size: UInt64)] {
        var result: [String: (address: UInt64, size: UInt64)] = [:]
        for line in try folder.run("nm", ["-S"] + options + [path]).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let address = words.first.flatMap({ UInt64($0, radix: 16) }),
                let name = words.last, words.count >= 3
            else { continue }
            let size = words.count >= 4 ? UInt64(words[1], radix: 16) ?? 0 : 0
            result[String(name)] = (address, size)
        }
        return result
    }

    /// The address of a symbol.
    func address(of name: String, _ options: [String] = []) throws -> UInt64 {
        guard let symbol = try symbols(options)[name] else {
            throw ToolFailure(command: "nm \(path)", status: 0, output: "no symbol \(name)")
        }
        return symbol.address
    }

    /// The bounds of a section as readelf prints them.
    func section(_ name: String) throws -> Range<UInt64> {
        for line in try folder.run("readelf", ["-SW", path]).split(separator: "\n") {
            guard let end = line.firstIndex(of: "]") else { continue }
            let words = line[line.index(after: end)...].split(separator: " ")
            guard words.count > 4, words[0] == name, let start = UInt64(words[2], radix: 16),
                let size = UInt64(words[4], radix: 16)
            else { continue }
            return start..<(start + size)
        }
        throw ToolFailure(command: "readelf -SW \(path)", status: 0, output: "no section \(name)")
    }

    /// The addresses of all instructions of a section, as objdump disassembles it.
    func instructions(_ section: String = ".text") throws -> [UInt64] {
        try folder.run("objdump", ["-d", "-j", section, path]).split(separator: "\n")
            .compactMap { line in
                line.firstMatch(of: /^ +([0-9a-f]+):\t/).flatMap { UInt64($0.1, radix: 16) }
            }
    }

    /// What addr2line says of each address: file:line of the functions there, innermost first.
    func lines(_ addresses: [UInt64], of file: String? = nil) throws -> [[String]] {
        let list = try folder.write(
            "addresses", addresses.map { "0x" + String($0, radix: 16) }.joined(separator: "\n"))
        let output = try folder.run(
            "sh", ["-c", "addr2line -i -a -e \(file ?? path) < \(list)"])
        var result: [[String]] = []
        for line in output.split(separator: "\n") {
            if line.hasPrefix("0x") {
                result.append([])
            } else {
                let plain = line.replacing(/\ \(discriminator \d+\)/, with: "")
                result[result.count - 1].append(String(plain))
            }
        }
        return result
    }
}

extension [ResolvedFrame] {
    /// The frames as addr2line prints places.
    var lines: [String] {
        isEmpty ? ["??:0"] : map { "\($0.file ?? "??"):\($0.line.map(String.init) ?? "?")" }
    }

    /// The frames' names, innermost first.
    var names: [String?] { map(\.name) }
}
