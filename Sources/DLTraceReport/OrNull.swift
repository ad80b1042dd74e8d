// SPDX-License-Identifier: Apache-2.0

/// A value of a key that is always there: JSON's null where it is nil.
struct OrNull<Wrapped: Encodable>: Encodable {
    private let value: Wrapped?

    init(_ value: Wrapped?) {
        self.value = value
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value {
            try container.encode(value)
        } else {
            try container.encodeNil()
        }
    }
}
