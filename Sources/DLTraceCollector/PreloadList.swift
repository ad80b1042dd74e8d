// SPDX-License-Identifier: Apache-2.0

/// LD_PRELOAD for a traced program.
package enum PreloadList {
    /// Puts the tracer into a list of libraries to preload.
    ///
    /// A sanitizer's runtime goes first: AddressSanitizer refuses to start where anything comes before
    /// it. Then the tracer, then what else was there, in its order.
    ///
    /// - Parameters:
    ///   - tracer: path of `libdltrace.so`.
    ///   - existing: LD_PRELOAD's value so far.
    ///   - sanitizers: runtimes the program itself is linked to; the loader finds a bare name in the
    ///     places where it finds the program's own libraries.
    /// - Returns: the variable's value.
    package static func value(
        tracer: RawText, existing: RawText?, sanitizers: [RawText] = []
    ) -> RawText {
        let separators = [UInt8(ascii: ":"), UInt8(ascii: " ")]
        let named = (existing?.bytes ?? []).split(whereSeparator: separators.contains)
            .map { RawText($0) }.filter { $0 != tracer }
        var list = named.filter(isSanitizer)
        // The runtime that is there already may be a path of the same library.
        list += sanitizers.filter { needed in !list.contains { fileName($0) == fileName(needed) } }
        list.append(tracer)
        list += named.filter { !isSanitizer($0) }
        return RawText(list.map(\.bytes).joined(separator: ":".utf8))
    }

    /// Whether a library is a sanitizer's runtime, by its file name: gcc's and clang's.
    static func isSanitizer(_ library: RawText) -> Bool {
        let name = fileName(library)
        return ["libasan.", "libtsan.", "libubsan.", "liblsan.", "libhwasan.", "libclang_rt."]
            .contains { name.starts(with: $0.utf8) }
    }

    private static func fileName(_ library: RawText) -> ArraySlice<UInt8> {
        library.bytes.split(separator: UInt8(ascii: "/")).last ?? []
    }
}
