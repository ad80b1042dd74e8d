// SPDX-License-Identifier: Apache-2.0

/// Finds addresses that want a name in lines of sanitizers, glibc, gdb, valgrind, the kernel and others.
///
/// It remembers from line to line which process a sanitizer's report is about.
package struct LineScanner {
    /// A shorter number is a size or an offset.
    private static let leastDigits = 6

    private var pid: Int64?

    /// A scanner at the start of its input.
    package init() {}

    /// The addresses of a line, in their order; the line may be of any bytes.
    package mutating func mentions(in line: [UInt8]) -> [AddressMention] {
        notePid(line)
        if let frame = numberedFrame(line) ?? valgrindFrame(line) ?? debuggerStop(line) {
            return frame
        }
        if let crash = kernelCrash(line) { return crash }
        return numbers(line)
    }

    /// `==PID==` in front, or ThreadSanitizer's `(pid=PID)`.
    private mutating func notePid(_ line: [UInt8]) {
        var cursor = LineCursor(line)
        if cursor.pass("==") {
            if let number = cursor.decimal(), cursor.isAt("==") { pid = number }
        } else if cursor.passUpTo("(pid="), let number = cursor.decimal(), cursor.isAt(")") {
            pid = number
        }
    }

    private func mention(
        _ address: UInt64, isExact: Bool, form: AddressMention.Form, _ range: Range<Int>
    ) -> [AddressMention] {
        [AddressMention(address: address, isExact: isExact, pid: pid, form: form, range: range)]
    }

    // MARK: - Frames

    /// A frame with a number in front: of a sanitizer or gdb; nothing is wanted where it has a name.
    private func numberedFrame(_ line: [UInt8]) -> [AddressMention]? {
        var cursor = LineCursor(line)
        cursor.passSpaces()
        guard cursor.pass("#"), let number = cursor.decimal() else { return nil }
        cursor.passSpaces()
        if cursor.isAt("<null>") { return threadSanitizerFrame(cursor, isExact: number == 0) }
        guard cursor.pass("0x"), let address = cursor.hexadecimal() else { return [] }
        let end = cursor.position
        cursor.passSpaces()
        if cursor.position == line.count || cursor.isAt("\n") || cursor.isAt("\r") {
            return mention(address, isExact: number == 0, form: .number, end..<end)
        }
        let start = cursor.position
        if cursor.pass("(<unknown module>)") {
            return mention(
                address, isExact: number == 0, form: .frame(named: "in "), start..<cursor.position)
        }
        guard cursor.pass("in ") else { return [] }
        let name = cursor.position
        guard cursor.pass("?? ()") else { return [] }
        return mention(
            address, isExact: number == 0, form: .frame(named: ""), name..<cursor.position)
    }

    /// `<null> <null> (0x7f…)`.
    private func threadSanitizerFrame(
        _ start: LineCursor, isExact: Bool
    ) -> [AddressMention] {
        var cursor = start
        while cursor.pass("<null>") { cursor.passSpaces() }
        guard cursor.pass("(0x"), let address = cursor.hexadecimal(), cursor.pass(")") else {
            return []
        }
        return mention(
            address, isExact: isExact, form: .frame(named: ""), start.position..<cursor.position)
    }

    /// `==PID==    by 0x4A2B: ???`.
    private func valgrindFrame(_ line: [UInt8]) -> [AddressMention]? {
        var cursor = LineCursor(line)
        guard cursor.pass("=="), cursor.decimal() != nil, cursor.pass("==") else { return nil }
        cursor.passSpaces()
        let isExact = cursor.isAt("at ")
        guard cursor.pass("at ") || cursor.pass("by "), cursor.pass("0x"),
            let address = cursor.hexadecimal(), cursor.pass(": ")
        else { return nil }
        let name = cursor.position
        guard cursor.pass("???") else { return [] }
        return mention(
            address, isExact: isExact, form: .frame(named: ""), name..<cursor.position)
    }

    /// What gdb says when the program stops: `0x00007f… in ?? ()`.
    private func debuggerStop(_ line: [UInt8]) -> [AddressMention]? {
        var cursor = LineCursor(line)
        guard cursor.pass("0x"), let address = cursor.hexadecimal(), cursor.pass(" in ") else {
            return nil
        }
        let name = cursor.position
        guard cursor.pass("?? ()") else { return [] }
        return mention(address, isExact: true, form: .frame(named: ""), name..<cursor.position)
    }

    // MARK: - The kernel

    /// `app[123]: segfault at 7f… ip 00007f… sp 00007f… error 14 in lib.so[7f…+1000]`, or
    /// `traps: app[123] general protection fault ip:7f… sp:7f… error:0`.
    private func kernelCrash(_ line: [UInt8]) -> [AddressMention]? {
        var cursor = LineCursor(line)
        while cursor.passUpTo("[") {
            let name = cursor.position - 1
            var rest = cursor
            guard let pid = rest.decimal(), rest.pass("]") else { continue }
            _ = rest.pass(":")
            guard let addresses = Self.registers(rest) else { continue }
            let end = line.lastIndex { $0 != 0x0a && $0 != 0x0d }.map { $0 + 1 } ?? line.count
            return addresses.map { what, address in
                AddressMention(
                    address: address, isExact: true, pid: pid,
                    form: .kernel(what: what, program: Self.word(before: name, in: line)),
                    range: end..<end)
            }
        }
        return nil
    }

    /// What follows a process in a line of the kernel's about a fatal signal.
    private static func registers(_ start: LineCursor) -> [(String, UInt64)]? {
        var cursor = start
        var touched: UInt64?
        if cursor.pass(" segfault at ") {
            touched = cursor.hexadecimal()
        } else if !cursor.isAt(" general protection") && !cursor.isAt(" trap ") {
            return nil
        }
        guard cursor.passUpTo(" ip ") || cursor.passUpTo(" ip:"),
            let pc = cursor.hexadecimal(),
            cursor.isAt(" sp ") || cursor.isAt(" sp:")
        else { return nil }
        guard let touched, touched != pc else { return [("ip", pc)] }
        return [("ip", pc), ("address", touched)]
    }

    /// The program's name, which the kernel cuts after 15 bytes.
    private static func word(before end: Int, in line: [UInt8]) -> String {
        let start = line[..<end].lastIndex { $0 == 0x20 || $0 == 0x09 }.map { $0 + 1 } ?? 0
        return String(decoding: line[start..<end], as: UTF8.self)
    }

    // MARK: - Other numbers

    /// Numbers that look like addresses and have no name beside them.
    private func numbers(_ line: [UInt8]) -> [AddressMention] {
        var mentions: [AddressMention] = []
        var cursor = LineCursor(line)
        while cursor.passUpTo("0x") {
            let start = cursor.position - 2
            guard let address = cursor.hexadecimal(atLeast: Self.leastDigits) else { continue }
            let outside = start > 0 ? line[start - 1] : 0x20
            // Part of a word or of a sum is no address.
            guard !Self.isWord(outside), outside != UInt8(ascii: "+"),
                cursor.position == line.count || !Self.isWord(line[cursor.position])
            else { continue }
            if outside == UInt8(ascii: "[") {
                guard cursor.pass("]") else { continue }
                if Self.isNamed(line[..<(start - 1)]) { continue }
                mentions += mention(
                    address, isExact: false, form: .number, cursor.position..<cursor.position)
                continue
            }
            if cursor.isAt(" <") || cursor.isAt(" in ") || cursor.isAt(" (") { continue }
            mentions += mention(
                address, isExact: true, form: .number, cursor.position..<cursor.position)
        }
        return mentions
    }

    /// Whether backtrace_symbols(3) has put a function in front of an address: `lib.so(function+0x12) [`.
    private static func isNamed(_ front: ArraySlice<UInt8>) -> Bool {
        let front = front.last == 0x20 ? front.dropLast() : front
        guard front.last == UInt8(ascii: ")"),
            let open = front.lastIndex(of: UInt8(ascii: "("))
        else { return false }
        let first = front[front.index(after: open)]
        return first != UInt8(ascii: "+") && first != UInt8(ascii: ")")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x5f
    }
}
