// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A line of a core file's stack in JSON: the keys of other stacks.
struct CoreFrameDocument: Encodable {
    private let address: String
    private let library: OrNull<String>
    private let offset: OrNull<String>
    private let symbol: OrNull<String>
    private let symbolOffset: OrNull<Int64>
    private let file: OrNull<String>
    private let line: OrNull<Int64>
    private let state: OrNull<String>
    private let inlined: Bool

    private init(_ line: CodeLine, address: UInt64) {
        self.address = Words.hex(address)
        library = OrNull(line.library)
        offset = OrNull(line.offset.map(Words.hex))
        symbol = OrNull(line.symbol)
        symbolOffset = OrNull(line.symbolOffset)
        file = OrNull(line.file)
        self.line = OrNull(line.line)
        state = OrNull(line.state?.rawValue)
        inlined = line.isInlined
    }

    /// The lines of a place: one for each function.
    static func list(_ frame: CoreFrameAnswer) -> [CoreFrameDocument] {
        CodeLine.lines(
            frame.functions, library: frame.library, offset: frame.offset, state: frame.state
        ).map { CoreFrameDocument($0, address: frame.address) }
    }
}
