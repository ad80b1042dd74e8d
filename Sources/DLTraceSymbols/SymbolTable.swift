// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// A file's symbols in the order of their addresses, from whatever it has: `.symtab`, its own or
/// its debug file's, else `.dynsym` together with `.gnu_debugdata`.
///
/// libdwfl's own search goes through all symbols for each address; a trace asks for hundreds.
struct SymbolTable {
    private struct Entry {
        var start: UInt64
        var end: UInt64
        var index: CInt
        /// Of several at one place the lowest is taken.
        var rank: UInt8
    }

    private let module: OpaquePointer
    private let sections: SectionTable
    private let entries: [Entry]
    /// For each entry, the highest end of it and all before it.
    private let highestEnds: [UInt64]

    /// Reads the symbols of a module.
    init(module: OpaquePointer, sections: SectionTable) {
        self.module = module
        self.sections = sections
        let count = dwfl_module_getsymtab(module)
        var entries: [Entry] = []
        if count > 1 {
            entries.reserveCapacity(Int(count))
            for index in 1..<count {
                if let entry = Self.entry(of: module, index: index) { entries.append(entry) }
            }
        }
        entries.sort { ($0.start, $0.index) < ($1.start, $1.index) }
        self.entries = entries
        var highest: UInt64 = 0
        highestEnds = entries.map { entry in
            highest = max(highest, entry.end)
            return highest
        }
    }

    // MARK: - Looking up

    /// The symbol that an address belongs to.
    ///
    /// That is the innermost one whose size reaches over the address. A symbol without a size
    /// (hand-written assembler, `_init`) reaches to the next symbol or the end of its section.
    func symbol(at address: UInt64) -> Symbol? {
        var index = lastIndex(notAbove: address)
        guard index >= 0 else { return nil }
        let nearest = entries[index].start
        while index >= 0, highestEnds[index] > address {
            if entries[index].end > address { return best(startingWith: index, covering: address) }
            index -= 1
        }
        guard let symbol = best(startingWith: lastIndex(notAbove: nearest), covering: nil),
            sections.index(containing: nearest) == sections.index(containing: address)
        else { return nil }
        return symbol
    }

    /// The index of the last entry that starts at or below an address, or -1.
    private func lastIndex(notAbove address: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// The best of the entries that start where the given one does: of those that reach over an
    /// address, or, for nil, of those without a size, provided that all there are without one.
    private func best(startingWith last: Int, covering address: UInt64?) -> Symbol? {
        guard last >= 0 else { return nil }
        let start = entries[last].start
        var found: (entry: Entry, name: String)?
        var index = last
        while index >= 0, entries[index].start == start {
            let entry = entries[index]
            index -= 1
            if let address {
                guard entry.end > address else { continue }
            } else {
                guard entry.end == start else { return nil }
            }
            // A hostile file can have any number of names for one place.
            guard last - index <= 64 || found == nil, let name = name(of: entry) else { continue }
            if let best = found, !precedes((entry, name), best) { continue }
            found = (entry, name)
        }
        return found.map {
            Symbol(name: $0.name, start: start, isData: !sections.isCode(at: start))
        }
    }

    /// Whether one of two symbols of a place is the better name: functions before data, global
    /// before local ones, `free` before `__libc_free`.
    private func precedes(
        _ one: (entry: Entry, name: String), _ other: (entry: Entry, name: String)
    ) -> Bool {
        func key(_ candidate: (entry: Entry, name: String)) -> (UInt8, Int, Int, String) {
            let underscores = candidate.name.utf8.prefix { $0 == UInt8(ascii: "_") }.count
            return (
                candidate.entry.rank, underscores, candidate.name.utf8.count, candidate.name
            )
        }
        return key(one) < key(other)
    }

    // MARK: - Reading

    private func name(of entry: Entry) -> String? {
        var symbol = GElf_Sym()
        var start: GElf_Addr = 0
        let text = dwfl_module_getsym_info(
            module, entry.index, &symbol, &start, nil, nil, nil)
        guard let text else { return nil }
        let name = String(bounded: text, limit: Demangler.longestSymbol + 1)
        return name.isEmpty ? nil : name
    }

    private static func entry(of module: OpaquePointer, index: CInt) -> Entry? {
        var symbol = GElf_Sym()
        var start: GElf_Addr = 0
        var section: GElf_Word = 0
        guard
            let name = dwfl_module_getsym_info(
                module, index, &symbol, &start, &section, nil, nil),
            // Undefined, absolute, or in a section that is not loaded.
            section != 0, section != 0xfff1, section != GElf_Word.max,
            name.pointee != 0, !isMappingSymbol(name), let type = typeRank(symbol.st_info & 0xf)
        else { return nil }
        let end = start.addingReportingOverflow(symbol.st_size)
        return Entry(
            start: start, end: end.overflow ? .max : end.partialValue, index: index,
            rank: type << 2 | bindingRank(symbol.st_info >> 4))
    }

    /// Whether it is one of arm's marks for code and data within code: `$x`, `$d.1`.
    private static func isMappingSymbol(_ name: UnsafePointer<CChar>) -> Bool {
        guard name[0] == CChar(bitPattern: UInt8(ascii: "$")), name[1] != 0 else { return false }
        return name[2] == 0 || name[2] == CChar(bitPattern: UInt8(ascii: "."))
    }

    private static func typeRank(_ type: UInt8) -> UInt8? {
        switch Int32(type) {
        case STT_FUNC, STT_GNU_IFUNC: 0
        case STT_OBJECT: 1
        case STT_NOTYPE: 2
        default: nil
        }
    }

    private static func bindingRank(_ binding: UInt8) -> UInt8 {
        switch Int32(binding) {
        case STB_GLOBAL, STB_GNU_UNIQUE, STB_WEAK: 0
        default: 1
        }
    }
}
