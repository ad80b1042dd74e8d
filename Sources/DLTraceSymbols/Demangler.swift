// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// Makes the names of symbols readable: C++, Rust, D and Swift.
///
/// Whatever is in a symbol table may come here. Lengths are bounded; what a demangler makes of a
/// hostile name within them is bounded by the process it runs in (``SymbolizerServer``).
enum Demangler {
    /// The longest symbol that is demangled.
    static let longestSymbol = 16_384

    /// The longest name that is given out; longer ones end in an ellipsis.
    static let longestName = 4_096

    /// The readable form of a symbol of a symbol table or of debug information.
    static func readable(_ symbol: String) -> String {
        let plain = withoutVersion(symbol)
        guard plain.utf8.count <= longestSymbol else { return shortened(plain) }
        return shortened(demangled(plain) ?? plain)
    }

    // MARK: - Languages

    private static func demangled(_ symbol: String) -> String? {
        if symbol.hasPrefix("_R") || symbol.hasPrefix("_D") {
            return text(
                of: symbol.hasPrefix("_R") ? rust_demangle(symbol, 0) : dlang_demangle(symbol, 0))
        }
        if symbol.hasPrefix("_Z") {
            // Rust's older names are those of C++ with a hash.
            return text(of: rust_demangle(symbol, 0)) ?? demangledCxx(symbol)
        }
        if ["$s", "$S", "$e", "_$s", "_$S", "_$e", "_T0"].contains(where: symbol.hasPrefix) {
            return demangledSwift(symbol)
        }
        return nil
    }

    private static func demangledCxx(_ symbol: String) -> String? {
        var status: CInt = 0
        let name = text(of: __cxa_demangle(symbol, nil, nil, &status))
        return status == 0 ? name : nil
    }

    private static func demangledSwift(_ symbol: String) -> String? {
        text(of: swift_demangle(symbol, symbol.utf8.count, nil, nil, 0))
    }

    /// What a demangler has allocated.
    private static func text(of name: UnsafeMutablePointer<CChar>?) -> String? {
        guard let name else { return nil }
        defer { free(name) }
        return String(bounded: name, limit: longestName + 1)
    }

    // MARK: - Trimming

    /// `memcpy@@GLIBC_2.14` is `memcpy`.
    private static func withoutVersion(_ symbol: String) -> String {
        guard let at = symbol.firstIndex(of: "@"), at != symbol.startIndex else { return symbol }
        return String(symbol[..<at])
    }

    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > longestName else { return name }
        return String(decoding: name.utf8.prefix(longestName), as: UTF8.self) + "…"
    }
}
