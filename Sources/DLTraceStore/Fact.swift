// SPDX-License-Identifier: Apache-2.0

/// A row of the table event, but for who and when.
struct Fact {
    var kind: StaticString
    var library: Int64?
    var stack: Int64?
    var address: UInt64?
    var value: Int64?
    var detail: Int64?
    var text: Int64?

    init(
        _ kind: StaticString, library: Int64? = nil, stack: Int64? = nil, address: UInt64? = nil,
        value: Int64? = nil, detail: Int64? = nil, text: Int64? = nil
    ) {
        self.kind = kind
        self.library = library
        self.stack = stack
        self.address = address
        self.value = value
        self.detail = detail
        self.text = text
    }
}
