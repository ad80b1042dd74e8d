// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A line of a stack in JSON.
struct FrameDocument: Encodable {
    private let event: Int64
    private let address: String
    private let library: OrNull<String>
    private let offset: OrNull<String>
    private let symbol: OrNull<String>
    private let symbolOffset: OrNull<Int64>
    private let file: OrNull<String>
    private let line: OrNull<Int64>
    private let state: OrNull<String>
    private let inlined: Bool

    init(_ frame: Frame) {
        event = frame.event
        address = Words.hex(frame.address)
        library = OrNull(frame.library)
        offset = OrNull(frame.offset.map(Words.hex))
        symbol = OrNull(frame.symbol)
        symbolOffset = OrNull(frame.symbolOffset)
        file = OrNull(frame.file)
        line = OrNull(frame.line)
        state = OrNull(frame.state?.rawValue)
        inlined = frame.isInlined
    }
}
