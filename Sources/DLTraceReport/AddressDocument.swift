// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// An answer of `dltrace addr` in JSON.
struct AddressDocument: Encodable {
    private struct Place: Encodable {
        let library: String
        let offset: String
        let symbol: OrNull<String>
        let symbolOffset: OrNull<Int64>
        let file: OrNull<String>
        let line: OrNull<Int64>
        let state: String
        let functions: [FunctionDocument]
        let life: LibraryDocument
        let obstacle: OrNull<String>

        init(_ place: AddressPlace) {
            let first = place.name.functions.first
            library = place.library.path
            offset = Words.hex(place.offset)
            symbol = OrNull(first?.name)
            symbolOffset = OrNull(first?.offset)
            file = OrNull(first?.file)
            line = OrNull(first?.line)
            state = place.state.rawValue
            functions = FunctionDocument.list(place.name.functions)
            life = LibraryDocument(place.library)
            obstacle = OrNull(place.name.obstacle)
        }
    }

    private let address: String
    private let process: Int64
    private let pid: Int64
    private let event: OrNull<Int64>
    private let places: [Place]
    private let earlierPlaces: Int

    init(_ answer: AddressAnswer) {
        address = Words.hex(answer.address)
        process = answer.process.id
        pid = answer.process.pid
        event = OrNull(answer.event)
        places = answer.places.map(Place.init)
        earlierPlaces = answer.earlierPlaces
    }
}
