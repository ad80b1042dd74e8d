// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DLTraceCollector

@Suite("LD_PRELOAD")
struct PreloadListTests {
    @Test("The tracer stands alone where nothing was preloaded")
    func alone() {
        #expect(PreloadList.value(tracer: "/x/libdltrace.so", existing: nil) == "/x/libdltrace.so")
    }

    @Test("What was preloaded before is kept behind the tracer")
    func kept() {
        #expect(
            PreloadList.value(tracer: "/x/libdltrace.so", existing: "libfoo.so /a/libbar.so")
                == "/x/libdltrace.so:libfoo.so:/a/libbar.so")
    }

    @Test("What is not UTF-8 is kept byte for byte")
    func bytes() {
        let odd = RawText(Array("/\u{e9}".utf8) + [0xff] + Array("/libasan.so.8 /x/".utf8) + [0xc0])
        #expect(
            PreloadList.value(tracer: "/libdltrace.so", existing: odd).bytes
                == Array("/\u{e9}".utf8) + [0xff] + Array("/libasan.so.8:/libdltrace.so:/x/".utf8)
                + [0xc0])
    }

    @Test("A sanitizer's runtime goes first, wherever it was")
    func sanitizerFirst() {
        #expect(
            PreloadList.value(tracer: "/x/libdltrace.so", existing: "libfoo.so:/lib/libasan.so.8")
                == "/lib/libasan.so.8:/x/libdltrace.so:libfoo.so")
    }

    @Test("The runtimes that the program needs go first, once")
    func neededSanitizer() {
        #expect(
            PreloadList.value(
                tracer: "/x/libdltrace.so", existing: "/lib/libasan.so.8",
                sanitizers: ["libasan.so.8", "libubsan.so.1"])
                == "/lib/libasan.so.8:libubsan.so.1:/x/libdltrace.so")
    }

    @Test("A tracer that is there already is not there twice")
    func once() {
        #expect(
            PreloadList.value(tracer: "/x/libdltrace.so", existing: "/x/libdltrace.so:libfoo.so")
                == "/x/libdltrace.so:libfoo.so")
    }
}
