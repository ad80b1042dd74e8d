// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

/// Records of one stream that came before ones with a lower seq.
struct WaitingRecords {
    /// In the order of seq, from `head` on.
    private var records: [Record] = []
    private var head = 0

    var count: Int { records.count - head }
    var isEmpty: Bool { head == records.count }
    var first: Record? { head < records.count ? records[head] : nil }

    /// Adds a record.
    ///
    /// - Returns: false where one of this seq is there.
    mutating func insert(_ record: Record) -> Bool {
        let seq = record.header.seq
        guard let last = records.last, !isEmpty, last.header.seq >= seq else {
            records.append(record)
            return true
        }
        var low = head
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].header.seq < seq {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard records[low].header.seq != seq else { return false }
        records.insert(record, at: low)
        return true
    }

    mutating func removeFirst() -> Record? {
        guard head < records.count else { return nil }
        let record = records[head]
        head += 1
        if head == records.count {
            records.removeAll(keepingCapacity: records.capacity <= 64)
            head = 0
        } else if head >= 256, head * 2 >= records.count {
            records.removeFirst(head)
            head = 0
        }
        return record
    }
}
