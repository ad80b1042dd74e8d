// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// An answer of `dltrace addr` in JSON.
struct AddressDocument: Encodable {
    private let address: String
    private let process: Int64
    private let pid: Int64
    private let event: OrNull<Int64>
    private let places: [AddressPlaceDocument]
    private let earlierPlaces: Int

    init(_ answer: AddressAnswer) {
        address = Words.hex(answer.address)
        process = answer.process.id
        pid = answer.process.pid
        event = OrNull(answer.event)
        places = answer.places.map(AddressPlaceDocument.init)
        earlierPlaces = answer.earlierPlaces
    }
}
