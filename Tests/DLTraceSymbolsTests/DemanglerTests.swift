// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DLTraceSymbols

@Suite struct DemanglerTests {
    @Test(arguments: [
        ("_ZN3box6HolderIlED2Ev", "box::Holder<long>::~Holder()"),
        ("_ZN3foo3barEv.cold", "foo::bar() [clone .cold]"),
        ("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt"),
        (
            "_ZN60_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..Drop$GT$4drop"
                + "17h00112233445566aaE",
            "<alloc::vec::Vec<T> as core::ops::Drop>::drop"
        ),
        ("_ZN3std2rt10lang_start17h0123456789abcdefE.llvm.99", "std::rt::lang_start"),
        ("_RNvC6_123foo3bar", "123foo::bar"),
        (
            "_RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantE",
            "std::mem::align_of::<std::mem::Discriminant>"
        ),
        (
            "_RNvNvMs0_NtNtNtCsjrHSEGnQ3l9_3std3sys6thread4unixNtB7_6Thread3new12thread_start",
            "<std::sys::thread::unix::Thread>::new::thread_start"
        ),
        ("_D3std5stdio5writeFiZv", "std.stdio.write(int)"),
        ("_RNonsense", "_RNonsense"), ("_Dnonsense", "_Dnonsense"), ("_DYNAMIC", "_DYNAMIC"),
        ("$s4main3fooyyF", "main.foo() -> ()"),
        ("memcpy@@GLIBC_2.14", "memcpy"),
        ("_ZSt4cout@GLIBCXX_3.4", "std::cout"),
        ("plain_c", "plain_c"), ("_Znonsense", "_Znonsense"), ("$snonsense", "$snonsense"),
        ("", ""), ("@", "@"), ("_ZN", "_ZN"),
        ("_ZN99999999999999999999E", "_ZN99999999999999999999E"),
        ("_ZN17h0123456789abcdefE", "h0123456789abcdef"),
    ])
    func `A name reads as in its source`(symbol: String, name: String) {
        #expect(Demangler.readable(symbol) == name)
    }

    @Test func `A name of any length stays within bounds`() {
        for symbol in [
            String(repeating: "x", count: 1_000_000),
            "_ZN" + String(repeating: "1a", count: 5_000) + "Ev",
            "_Z1f" + String(repeating: "P", count: 100_000) + "i",
            "$s" + String(repeating: "4main", count: 3_000),
            "_RC" + String(repeating: "1a", count: 5_000),
            "_RINvC1a1f" + String(repeating: "R", count: 15_000) + "mE",
            "_D" + String(repeating: "1a", count: 5_000) + "FZv",
        ] {
            let name = Demangler.readable(symbol)
            #expect(name.utf8.count <= Demangler.longestName + 8)
            #expect(!name.isEmpty)
        }
    }
}
