// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Names every place by its address in the file, and remembers what it was asked.
final class FakeNaming: CodeNaming {
    private(set) var asked: [CodePlace] = []

    func names(of places: [CodePlace]) -> [CodeName] {
        asked += places
        return places.map { place in
            let name =
                "at_" + String(place.fileAddress, radix: 16) + (place.isExact ? "" : "_return")
            return CodeName(
                functions: [CodeName.Function(name: name, offset: 4, file: "a.c", line: 7)])
        }
    }
}
