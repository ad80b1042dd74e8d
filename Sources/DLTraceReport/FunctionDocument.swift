// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A function that a place lies in, in JSON.
struct FunctionDocument: Encodable {
    private let symbol: OrNull<String>
    private let symbolOffset: OrNull<Int64>
    private let file: OrNull<String>
    private let line: OrNull<Int64>
    private let inlined: Bool

    private init(_ function: CodeName.Function, isInlined: Bool) {
        symbol = OrNull(function.name)
        symbolOffset = OrNull(function.offset)
        file = OrNull(function.file)
        line = OrNull(function.line)
        inlined = isInlined
    }

    /// Functions, the innermost inlined one first.
    static func list(_ functions: [CodeName.Function]) -> [FunctionDocument] {
        functions.enumerated().map { number, function in
            FunctionDocument(function, isInlined: number + 1 < functions.count)
        }
    }
}
