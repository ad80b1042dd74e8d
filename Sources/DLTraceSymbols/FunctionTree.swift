// SPDX-License-Identifier: Apache-2.0

import CElfutils

/// The functions of a compilation unit by their addresses.
///
/// libdw's own search walks the whole unit for each address, and a unit can have a million
/// entries; this walks it once.
struct FunctionTree {
    private struct Range {
        var start: UInt64
        var end: UInt64
        var function: Dwarf_Die
    }

    /// So deep are entries looked at: source code does not nest like that.
    private static let deepest = 256

    private var ranges: [Range] = []

    /// Reads the functions of a unit.
    init(unit: Dwarf_Die) {
        var unit = unit
        collect(from: &unit, depth: 0)
        ranges.sort { ($0.start, $1.end) < ($1.start, $0.end) }
    }

    // MARK: - Looking up

    /// The function that an address lies in and those inlined there, innermost first.
    func functions(at address: UInt64) -> [Dwarf_Die] {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        // Functions do not overlap, unless their ranges are nonsense.
        let candidates = ranges[max(0, low - 8)..<low]
        guard var function = candidates.last(where: { $0.end > address })?.function else {
            return []
        }
        var path = [function]
        addInlined(below: &function, at: address, to: &path, depth: 0)
        return path.reversed()
    }

    /// Adds the functions that are inlined at an address, outermost first.
    ///
    /// - Returns: Whether an entry was found that has the address.
    @discardableResult
    private func addInlined(
        below parent: inout Dwarf_Die, at address: UInt64, to path: inout [Dwarf_Die], depth: Int
    ) -> Bool {
        var child = Dwarf_Die()
        guard depth < Self.deepest, dwarf_child(&parent, &child) == 0 else { return false }
        repeat {
            switch Int(dwarf_tag(&child)) {
            case Int(DW_TAG_inlined_subroutine):
                guard dwarf_haspc(&child, address) == 1 else { continue }
                path.append(child)
                addInlined(below: &child, at: address, to: &path, depth: depth + 1)
                return true
            case Int(DW_TAG_lexical_block), Int(DW_TAG_try_block), Int(DW_TAG_catch_block):
                // A block without addresses of its own may hold some that have.
                let answer = dwarf_haspc(&child, address)
                guard answer != 0 else { continue }
                let isFound = addInlined(
                    below: &child, at: address, to: &path, depth: depth + 1)
                if answer == 1 || isFound { return true }
            default:
                continue
            }
        } while Self.advance(&child)
        return false
    }

    /// Goes on to the next entry beside one.
    private static func advance(_ entry: inout Dwarf_Die) -> Bool {
        var next = Dwarf_Die()
        guard dwarf_siblingof(&entry, &next) == 0 else { return false }
        entry = next
        return true
    }

    // MARK: - Reading

    /// Adds the functions below an entry: they can lie in namespaces, classes and other functions.
    private mutating func collect(from parent: inout Dwarf_Die, depth: Int) {
        var child = Dwarf_Die()
        guard depth < Self.deepest, dwarf_child(&parent, &child) == 0 else { return }
        repeat {
            let tag = Int(dwarf_tag(&child))
            if tag == Int(DW_TAG_subprogram) || tag == Int(DW_TAG_entry_point) { add(&child) }
            if tag != Int(DW_TAG_inlined_subroutine), dwarf_haschildren(&child) == 1 {
                collect(from: &child, depth: depth + 1)
            }
        } while Self.advance(&child)
    }

    private mutating func add(_ function: inout Dwarf_Die) {
        var base: Dwarf_Addr = 0
        var start: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        var position = 0
        while true {
            position = dwarf_ranges(&function, position, &base, &start, &end)
            guard position > 0 else { return }
            if end > start { ranges.append(Range(start: start, end: end, function: function)) }
        }
    }
}
