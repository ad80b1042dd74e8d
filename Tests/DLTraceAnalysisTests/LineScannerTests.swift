// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import Testing

/// Which addresses of a line want a name, and where it goes.
@Suite("Lines of other tools")
struct LineScannerTests {
    /// Each line with what was found in it: what is replaced in brackets, and the address with its pid.
    private func marked(_ lines: String...) -> [String] {
        var scanner = LineScanner()
        return lines.map { line in
            let bytes = Array(line.utf8)
            var text = ""
            var position = 0
            for mention in scanner.mentions(in: bytes) {
                let replaced = String(decoding: bytes[mention.range], as: UTF8.self)
                text += String(decoding: bytes[position..<mention.range.lowerBound], as: UTF8.self)
                text += "[" + replaced + "|" + String(mention.address, radix: 16)
                text += mention.isExact ? "" : " return"
                text += mention.pid.map { " of \($0)" } ?? ""
                if case .kernel(let what, let program) = mention.form {
                    text += " \(what) \(program)"
                }
                text += "]"
                position = mention.range.upperBound
            }
            return text + String(decoding: bytes[position...], as: UTF8.self)
        }
    }

    @Test("a sanitizer's frames without a module, of the process in the report's first line")
    func sanitizer() {
        #expect(
            marked(
                "==4711==ERROR: AddressSanitizer: SEGV on unknown address 0x7f0000001139 (pc 0x7f0000001139 bp 0x7ffc00000010 sp 0x7ffc00000000 T0)\n",
                "    #0 0x7f0000001139  (<unknown module>)\n",
                "    #1 0x7f0000001150  (<unknown module>)",
                "    #2 0x55a3d4797594 in main /src/a.c:25\n",
                "    #3 0x7f00001 (/lib/x.so+0x1234) (BuildId: ab)\n",
                "    #4 0x7f0000001160 in <null>+0x5 (<unknown module>)\n") == [
                    "==4711==ERROR: AddressSanitizer: SEGV on unknown address 0x7f0000001139 (pc 0x7f0000001139[|7f0000001139 of 4711] bp 0x7ffc00000010[|7ffc00000010 of 4711] sp 0x7ffc00000000[|7ffc00000000 of 4711] T0)\n",
                    "    #0 0x7f0000001139  [(<unknown module>)|7f0000001139 of 4711]\n",
                    "    #1 0x7f0000001150  [(<unknown module>)|7f0000001150 return of 4711]",
                    "    #2 0x55a3d4797594 in main /src/a.c:25\n",
                    "    #3 0x7f00001 (/lib/x.so+0x1234) (BuildId: ab)\n",
                    "    #4 0x7f0000001160 in <null>+0x5 (<unknown module>)\n",
                ])
    }

    @Test("ThreadSanitizer's frames")
    func threadSanitizer() {
        #expect(
            marked(
                "WARNING: ThreadSanitizer: data race (pid=99)\n",
                "    #1 <null> <null> (0x7f0000001139)\n", "    #0 main <null> (a+0x1234567)\n")
                == [
                    "WARNING: ThreadSanitizer: data race (pid=99)\n",
                    "    #1 [<null> <null> (0x7f0000001139)|7f0000001139 return of 99]\n",
                    "    #0 main <null> (a+0x1234567)\n",
                ])
    }

    @Test("gdb's frames, and where it stops")
    func debugger() {
        #expect(
            marked(
                "#0  0x00007f0000001139 in ?? ()", "#1  0x0000555555555189 in ?? () from /lib/a.so",
                "#2  0x0000555555555189 in main () at a.c:3", "0x00007f0000001139 in ?? ()",
                "rip            0x7f0000001139      0x7f0000001139 <work+4>") == [
                    "#0  0x00007f0000001139 in [?? ()|7f0000001139]",
                    "#1  0x0000555555555189 in [?? ()|555555555189 return] from /lib/a.so",
                    "#2  0x0000555555555189 in main () at a.c:3",
                    "0x00007f0000001139 in [?? ()|7f0000001139]",
                    "rip            0x7f0000001139[|7f0000001139]      0x7f0000001139 <work+4>",
                ])
    }

    @Test("valgrind's frames")
    func valgrind() {
        #expect(
            marked(
                "==12== Jump to the invalid address stated on the next line",
                "==12==    at 0x4A2B139: ???", "==12==    by 0x4A2B150: ??? (in /lib/a.so)",
                "==12==    by 0x1091AB: main (a.c:9)",
                "==12==  Address 0x4a2b139 is not stack'd, malloc'd or (recently) free'd") == [
                    "==12== Jump to the invalid address stated on the next line",
                    "==12==    at 0x4A2B139: [???|4a2b139 of 12]",
                    "==12==    by 0x4A2B150: [???|4a2b150 return of 12] (in /lib/a.so)",
                    "==12==    by 0x1091AB: main (a.c:9)",
                    "==12==  Address 0x4a2b139[|4a2b139 of 12] is not stack'd, malloc'd or (recently) free'd",
                ])
    }

    @Test("backtrace_symbols of glibc, and its last words")
    func glibc() {
        #expect(
            marked(
                "./a(+0x1189) [0x555555555189]", "./a(main+0x12)[0x555555555190]",
                "[0x7f0000001139]",
                "/lib/a.so() [0x7f0000001200]",
                "*** Error in `./a': free(): invalid pointer: 0x00007f0000004010 ***",
                "*** stack smashing detected ***: terminated") == [
                    "./a(+0x1189) [0x555555555189][|555555555189 return]",
                    "./a(main+0x12)[0x555555555190]", "[0x7f0000001139][|7f0000001139 return]",
                    "/lib/a.so() [0x7f0000001200][|7f0000001200 return]",
                    "*** Error in `./a': free(): invalid pointer: 0x00007f0000004010[|7f0000004010] ***",
                    "*** stack smashing detected ***: terminated",
                ])
    }

    @Test("the kernel's log")
    func kernel() {
        #expect(
            marked(
                "[ 12.5] my app[123]: segfault at 10 ip 00007f0000001139 sp 00007ffc00000000 error 4 in a.so[7f0000001000+1000]\n",
                "kernel: traps: app[124] general protection fault ip:7f0000001139 sp:7ffc00000000 error:0 in a.so[7f0000001000+1000]",
                "app[125]: segfault at 7f0000001139 ip 00007f0000001139 sp 00007ffc00000000 error 14",
                "sshd[126]: Accepted publickey for ip 1 sp 2") == [
                    "[ 12.5] my app[123]: segfault at 10 ip 00007f0000001139 sp 00007ffc00000000 error 4 in a.so[7f0000001000+1000][|7f0000001139 of 123 ip app][|10 of 123 address app]\n",
                    "kernel: traps: app[124] general protection fault ip:7f0000001139 sp:7ffc00000000 error:0 in a.so[7f0000001000+1000][|7f0000001139 of 124 ip app]",
                    "app[125]: segfault at 7f0000001139 ip 00007f0000001139 sp 00007ffc00000000 error 14[|7f0000001139 of 125 ip app]",
                    "sshd[126]: Accepted publickey for ip 1 sp 2",
                ])
    }

    @Test("what is no address, or has a name, is left alone")
    func others() {
        let lines = [
            "size 0x1000, mask 0xff, a 0x7f00000011390000000", "call +0x7f0000001139",
            "a0x7f0000001139",
            "0x7f0000001139z", "x.so+0x123456", "0x7f0000001139 <work+4>: nop", "0x", "#", "#1",
            "==",
            "==1==", "[", "[0x7f0000001139", "(pid=", "#1 0x",
        ]
        for line in lines {
            #expect(marked(line) == [line])
        }
    }

    @Test("any bytes are read")
    func anyBytes() {
        var scanner = LineScanner()
        var state: UInt64 = 42
        let alphabet = Array("#0x7f[]()=<>? 1atby+:\n".utf8) + [0x00, 0xff, 0xc3]
        for _ in 0..<2_000 {
            let line = (0..<24).map { _ -> UInt8 in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return alphabet[Int(state >> 33) % alphabet.count]
            }
            for mention in scanner.mentions(in: line) {
                #expect(mention.range.upperBound <= line.count)
            }
        }
    }
}
