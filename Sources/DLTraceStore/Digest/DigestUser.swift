// SPDX-License-Identifier: Apache-2.0

/// What one caller has open of one library: a close answers the last of its opens that is not closed.
struct DigestUser {
    let caller: Int64
    /// The opens that are not closed, and their stacks.
    private var opens: [Int64] = []
    private var stacks: [Int64] = []
    /// So many of them are written.
    private var written = 0
    /// The last open that was closed, and its close.
    private(set) var last: (open: Int64, close: Int64)?

    init(caller: Int64) {
        self.caller = caller
    }

    /// How many are not closed.
    var count: Int { opens.count }

    mutating func open(_ seq: Int64, stack: Int64) {
        opens.append(seq)
        stacks.append(stack)
    }

    /// The open that a close answers, and whether it is written; nil where none is left.
    mutating func close(_ seq: Int64) -> (open: Int64, isWritten: Bool)? {
        guard let open = opens.popLast() else { return nil }
        stacks.removeLast()
        last = (open, seq)
        let isWritten = written > opens.count
        written = min(written, opens.count)
        return (open, isWritten)
    }

    /// Those that are not closed and were not written, with their stacks; they count as written from now on.
    mutating func takeUnwritten() -> [(seq: Int64, stack: Int64)] {
        defer { written = opens.count }
        return (written..<opens.count).map { (opens[$0], stacks[$0]) }
    }
}
