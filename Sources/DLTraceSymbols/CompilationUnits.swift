// SPDX-License-Identifier: Apache-2.0

import CElfutils

/// The address ranges of all compilation units, for debug information without `.debug_aranges`.
struct CompilationUnits {
    private struct Range {
        var start: UInt64
        var end: UInt64
        var unit: Dwarf_Off
    }

    private let dwarf: OpaquePointer?
    private var ranges: [Range] = []

    /// Reads the ranges.
    init(dwarf: OpaquePointer?) {
        self.dwarf = dwarf
        guard let dwarf else { return }
        var offset: Dwarf_Off = 0
        var next: Dwarf_Off = 0
        var headerBytes = 0
        while dwarf_next_unit(
            dwarf, offset, &next, &headerBytes, nil, nil, nil, nil, nil, nil) == 0
        {
            let place = offset &+ UInt64(headerBytes)
            guard next > offset else { break }
            offset = next
            var unit = Dwarf_Die()
            guard dwarf_offdie(dwarf, place, &unit) != nil else { continue }
            add(&unit, at: place)
        }
        ranges.sort { $0.start < $1.start }
    }

    private mutating func add(_ unit: inout Dwarf_Die, at place: Dwarf_Off) {
        var base: Dwarf_Addr = 0
        var start: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        var position = 0
        while ranges.count < 10_000_000 {
            position = dwarf_ranges(&unit, position, &base, &start, &end)
            guard position > 0 else { return }
            if end > start { ranges.append(Range(start: start, end: end, unit: place)) }
        }
    }

    /// The unit that an address belongs to.
    func unit(containing address: UInt64) -> Dwarf_Die? {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0, ranges[low - 1].end > address, let dwarf else { return nil }
        var unit = Dwarf_Die()
        return dwarf_offdie(dwarf, ranges[low - 1].unit, &unit) == nil ? nil : unit
    }
}
