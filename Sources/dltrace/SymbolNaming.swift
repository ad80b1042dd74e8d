// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceSymbols

/// Finds names for answers in the files themselves.
struct SymbolNaming: CodeNaming {
    private let lookup: SymbolLookup

    /// For the trace of a path.
    init(database path: String) {
        lookup = SymbolLookup(in: path)
    }

    func names(of places: [CodePlace]) -> [CodeName] {
        var names: [CodePlace: CodeName] = [:]
        for (binary, group) in Dictionary(grouping: places, by: \.binary) {
            let answers = lookup.answers(
                binaryID: binary,
                addresses: group.map {
                    SymbolAddress(fileAddress: $0.fileAddress, isExact: $0.isExact)
                })
            for (place, answer) in zip(group, answers) {
                names[place] = CodeName(
                    functions: answer.functions.map(Self.function),
                    obstacle: answer.failure?.reason)
            }
        }
        return places.map { names[$0] ?? CodeName(functions: []) }
    }

    /// A function as answers have it.
    static func function(_ frame: ResolvedFrame) -> CodeName.Function {
        CodeName.Function(
            name: frame.name, offset: frame.offset.map { Int64(bitPattern: $0) },
            file: frame.file, line: frame.line.map { Int64($0) })
    }
}
