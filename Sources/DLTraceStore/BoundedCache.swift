// SPDX-License-Identifier: Apache-2.0

/// Remembers numbers of rows; forgets all of them rather than grow without end.
struct BoundedCache<Key: Hashable> {
    private let limit: Int
    private var values: [Key: Int64] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    subscript(key: Key) -> Int64? {
        get { values[key] }
        set {
            if values.count >= limit { values.removeAll(keepingCapacity: true) }
            values[key] = newValue
        }
    }

    mutating func clear() {
        values.removeAll()
    }
}
