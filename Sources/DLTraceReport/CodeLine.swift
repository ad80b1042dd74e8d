// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A place in code in one line, as sanitizers print it.
struct CodeLine {
    let symbol: String?
    let symbolOffset: Int64?
    let isInlined: Bool
    let library: String?
    let offset: UInt64?
    let file: String?
    let line: Int64?
    let state: FrameState?

    init(_ frame: Frame) {
        symbol = frame.symbol
        symbolOffset = frame.symbolOffset
        isInlined = frame.isInlined
        library = frame.library
        offset = frame.offset
        file = frame.file
        line = frame.line
        state = frame.state
    }

    private init(
        _ function: CodeName.Function?, isInlined: Bool, library: String?, offset: UInt64?,
        state: FrameState?
    ) {
        symbol = function?.name
        symbolOffset = function?.offset
        self.isInlined = isInlined
        self.library = library
        self.offset = offset
        file = function?.file
        line = function?.line
        self.state = state
    }

    /// The lines of a place: one for each function, the innermost first.
    static func lines(
        _ functions: [CodeName.Function], library: String?, offset: UInt64?, state: FrameState?
    ) -> [CodeLine] {
        guard let last = functions.last else {
            return [
                CodeLine(nil, isInlined: false, library: library, offset: offset, state: state)
            ]
        }
        return functions.dropLast().map {
            CodeLine($0, isInlined: true, library: library, offset: offset, state: state)
        } + [CodeLine(last, isInlined: false, library: library, offset: offset, state: state)]
    }

    /// `function+0x12 (library+0x1234) file:12 [unloaded]`.
    var text: String { text(source: source) }

    /// The same with another source.
    func text(source: String?) -> String {
        var text = function
        if let library {
            text += " (\(library.printable)\(libraryOffset))"
        } else {
            text += " (no library)"
        }
        if let source { text += " \(source)" }
        if let state, state != .mapped { text += " [\(state.rawValue)]" }
        return text
    }

    /// `function+0x12`, or `??`.
    var function: String {
        guard let symbol else { return "??" }
        if isInlined { return symbol.printable + " [inlined]" }
        return symbol.printable + (symbolOffset.map { "+" + Words.hex($0) } ?? "")
    }

    /// The function, or else where it lies.
    func label(_ address: UInt64) -> String {
        (symbol ?? library.map { $0.lastPathPart + libraryOffset } ?? Words.hex(address)).printable
    }

    /// `file:12`.
    var source: String? {
        file.map { $0.printable + (line.map { ":\($0)" } ?? "") }
    }

    private var libraryOffset: String { offset.map { "+" + Words.hex($0) } ?? "" }
}
