// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// A library that lay at an address, in JSON.
struct AddressPlaceDocument: Encodable {
    private let library: String
    private let offset: String
    private let symbol: OrNull<String>
    private let symbolOffset: OrNull<Int64>
    private let file: OrNull<String>
    private let line: OrNull<Int64>
    private let state: String
    private let functions: [FunctionDocument]
    private let life: LibraryDocument
    private let obstacle: OrNull<String>

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
