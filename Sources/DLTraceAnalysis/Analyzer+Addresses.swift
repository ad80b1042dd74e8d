// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

extension Analyzer {
    /// What lay at an address of a process, before names are looked up.
    private struct Draft {
        /// A place that was found, and its name if the database has one.
        struct Place {
            let library: PlacedLibrary
            let code: CodePlace
            let state: FrameState
            let name: CodeName?
        }

        let process: ProcessImage
        let address: UInt64
        let event: Int64?
        var places: [Place] = []
        var earlierPlaces = 0
    }

    /// So many loads at one address are told of.
    private static let mostPlaces = 8

    /// What lay at addresses.
    ///
    /// Of several processes, those answer in which a library lay there; of forked ones that only go on
    /// with what their parent had, the parent. Where none has an answer, the first one says so.
    /// - Parameters:
    ///   - addresses: the addresses.
    ///   - selection: the processes.
    ///   - event: by this event of the one process of the selection; nil: ever.
    ///   - naming: finds the names that the database has not.
    /// - Returns: the answers, in the order of addresses.
    /// - Throws: `AnalysisError` if there is no such process, or an event of several.
    package func addresses(
        _ addresses: [UInt64], in selection: ProcessSelection, by event: Int64? = nil,
        naming: any CodeNaming
    ) throws -> [AddressAnswer] {
        let images = try images(selection)
        guard event == nil || images.count == 1 else {
            throw AnalysisError(
                code: .severalProcesses, what: "event \(event ?? 0)",
                why: "the question is about \(images.count) processes, which each count their own",
                advice: "Name the process: --process ID.")
        }
        return try addresses.flatMap { address in
            try drafts(address, in: images, by: event).map { named($0, naming) }
        }
    }

    /// The processes that have an answer, or the first one without.
    private func drafts(
        _ address: UInt64, in images: [ProcessImage], by event: Int64?
    ) throws -> [Draft] {
        try database.read { connection in
            let lens = try LibraryLens(connection)
            let reader = try AddressReader(connection, lens: lens)
            let owners = try reader.owners(of: address, among: images)
            var known: Set<[Int64]> = []
            let drafts = try images.filter { owners.contains($0.id) }.compactMap { image in
                // One at a time: what is under a lens makes each question about it longer.
                try lens.clear()
                let draft = try Self.draft(
                    address, isExact: true, in: image, by: event, reader, connection)
                // A library and what became of it, as told before.
                let news = draft.places.filter {
                    known.insert([$0.library.id, $0.state == .unloaded ? 1 : 0]).inserted
                }
                return news.isEmpty ? nil : draft
            }
            guard drafts.isEmpty, let first = images.first else { return drafts }
            return [Draft(process: first, address: address, event: event)]
        }
    }

    /// The processes that a fatal signal came to in a thread.
    func processes(faultingIn thread: Int64) throws -> Set<Int64> {
        try database.read { connection in
            try Int64.fetchSet(
                connection,
                sql: """
                    SELECT fault.process_id
                    FROM fault
                    CROSS JOIN event ON event.process_id = fault.process_id
                        AND event.seq = fault.seq
                    WHERE event.thread = ?
                    """, arguments: [thread])
        }
    }

    /// What lay at one address of one process, which is a program counter, or else a return address.
    package func place(
        _ address: UInt64, isExact: Bool, in image: ProcessImage, by event: Int64? = nil,
        naming: any CodeNaming
    ) throws -> AddressAnswer {
        let draft = try database.read { connection in
            try Self.draft(
                address, isExact: isExact, in: image, by: event, AddressReader(connection),
                connection)
        }
        return named(draft, naming)
    }

    private static func draft(
        _ address: UInt64, isExact: Bool, in image: ProcessImage, by event: Int64?,
        _ reader: AddressReader, _ connection: Database
    ) throws -> Draft {
        // A call may be the last instruction of its library.
        let place = isExact || address == 0 ? address : address - 1
        let (libraries, left) = try reader.libraries(
            at: place, of: image, by: event, limit: mostPlaces)
        let places = try libraries.map { library in
            let code = CodePlace(
                binary: library.binary, fileAddress: address &- library.base, isExact: isExact)
            return Draft.Place(
                library: library, code: code,
                state: library.process == image.id ? library.state(at: event) : .unloaded,
                name: try CodeNameReader.name(of: code, in: connection))
        }
        return Draft(
            process: image, address: address, event: event, places: places, earlierPlaces: left)
    }

    /// Outside of the transaction: what is found is written to the database.
    private func named(_ draft: Draft, _ naming: any CodeNaming) -> AddressAnswer {
        let unnamed = draft.places.filter { $0.name == nil }.map(\.code)
        let names = Dictionary(
            zip(unnamed, unnamed.isEmpty ? [] : naming.names(of: unnamed)),
            uniquingKeysWith: { first, _ in first })
        return AddressAnswer(
            process: draft.process, address: draft.address, event: draft.event,
            places: draft.places.map { place in
                AddressPlace(
                    library: place.library, offset: place.code.fileAddress, state: place.state,
                    name: place.name ?? names[place.code] ?? CodeName(functions: []))
            }, earlierPlaces: draft.earlierPlaces)
    }
}
