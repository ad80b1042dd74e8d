// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What glibc itself says it loaded, initialized, finalized and unloaded in one process, from
/// LD_DEBUG=files.
struct GlibcAccount: Equatable, CustomStringConvertible {
    /// Base names, with "@n" for a namespace other than the program's, in the order of events; the
    /// main program, which has no name in glibc's account, is "program".
    var loads: [String] = []
    /// Without the main program, of which glibc says nothing, and without namespaces.
    var inits: [String] = []
    var finis: [String] = []
    var unloads: [String] = []

    var description: String {
        """

        loads: \(loads.joined(separator: " "))
        inits: \(inits.joined(separator: " "))
        finis: \(finis.joined(separator: " "))
        unloads: \(unloads.joined(separator: " "))
        """
    }

    /// The same without regard to the order.
    var sorted: GlibcAccount {
        var sorted = self
        sorted.loads.sort()
        sorted.inits.sort()
        sorted.finis.sort()
        sorted.unloads.sort()
        return sorted
    }

    /// One account a process, in the order of their first lines.
    ///
    /// A line is "      PID:\tfile=NAME [NS];  generating link map" or the like. That one comes before the
    /// file is mapped; only the next, "dynamic: …", says that it was.
    static func read(_ text: String) -> [(pid: Int32, account: GlibcAccount)] {
        var accounts: [(pid: Int32, account: GlibcAccount)] = []
        var announced: [Int32: String] = [:]
        for line in text.split(separator: "\n") {
            let halves = line.split(separator: ":", maxSplits: 1)
            guard halves.count == 2, let pid = Int32(halves[0].drop { $0 == " " }) else { continue }
            let index: Int
            if let known = accounts.firstIndex(where: { $0.pid == pid }) {
                index = known
            } else {
                index = accounts.count
                accounts.append((pid, GlibcAccount()))
            }

            let words = String(halves[1].drop { $0 == "\t" || $0 == " " })
            if let name = object(words, "file=", ";  generating link map") {
                announced[pid] = name
            } else if words.hasPrefix("dynamic: "), let name = announced.removeValue(forKey: pid) {
                accounts[index].account.loads.append(name)
            } else if let name = object(words, "file=", ";  destroying link map") {
                accounts[index].account.unloads.append(name)
            } else if let name = object(words, "calling fini: ", "") {
                accounts[index].account.finis.append(name)
            } else if words.hasPrefix("calling init: ") {
                let path = String(words.dropFirst("calling init: ".count))
                accounts[index].account.inits.append(tagged(path, space: "0"))
            }
        }
        return accounts
    }

    /// The object between prefix and suffix, "NAME [NS]".
    private static func object(_ words: String, _ prefix: String, _ suffix: String) -> String? {
        guard words.hasPrefix(prefix), words.hasSuffix(suffix) else { return nil }
        let middle = words.dropFirst(prefix.count).dropLast(suffix.count)
        guard middle.hasSuffix("]"), let open = middle.lastIndex(of: "[") else { return nil }
        let path = middle[..<open].trimmingCharacters(in: .whitespaces)
        let space = middle[middle.index(after: open)...].dropLast()
        return tagged(path.isEmpty ? "program" : path, space: String(space))
    }

    private static func tagged(_ path: String, space: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return space == "0" ? name : "\(name)@\(space)"
    }

    /// The same account from dltrace's record of one process, and the paths of all main programs.
    init(events: [TraceEvent], programs: Set<String>) {
        for event in events {
            guard let path = event.path else { continue }
            let isProgram = programs.contains(path)
            let name =
                isProgram ? "program" : Self.tagged(path, space: String(event.namespace ?? 0))
            switch event.kind {
            case "load": loads.append(name)
            case "init": if !isProgram { inits.append(Self.tagged(path, space: "0")) }
            case "fini": finis.append(name)
            case "unload": unloads.append(name)
            default: break
            }
        }
    }

    init() {}
}
