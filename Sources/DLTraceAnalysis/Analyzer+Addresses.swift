// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

extension Analyzer {
    /// A place that was found, and its name if the database has one.
    private struct Draft {
        let library: PlacedLibrary
        let code: CodePlace
        let state: FrameState
        let name: CodeName?
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
            try self.address(address, in: images, by: event, naming: naming)
        }
    }

    private func address(
        _ address: UInt64, in images: [ProcessImage], by event: Int64?, naming: any CodeNaming
    ) throws -> [AddressAnswer] {
        var known: Set<[Int64]> = []
        var answers: [AddressAnswer] = []
        for image in images {
            let answer = try place(address, isExact: true, in: image, by: event, naming: naming)
            // A library and what became of it, as told before.
            let news = answer.places.filter {
                known.insert([$0.library.id, $0.state == .unloaded ? 1 : 0]).inserted
            }
            if !news.isEmpty { answers.append(answer) }
        }
        guard answers.isEmpty, let first = images.first else { return answers }
        return [
            AddressAnswer(
                process: first, address: address, event: event, places: [], earlierPlaces: 0)
        ]
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
        // A call may be the last instruction of its library.
        let place = isExact || address == 0 ? address : address - 1
        let (drafts, left) = try database.read { connection in
            let (libraries, left) = try AddressReader(connection).libraries(
                at: place, of: image, by: event, limit: Self.mostPlaces)
            let drafts = try libraries.map { library in
                let code = CodePlace(
                    binary: library.binary, fileAddress: address &- library.base, isExact: isExact)
                return Draft(
                    library: library, code: code,
                    state: library.process == image.id ? library.state(at: event) : .unloaded,
                    name: try CodeNameReader.name(of: code, in: connection))
            }
            return (drafts, left)
        }
        // Outside of the transaction: what is found is written to the database.
        let unnamed = drafts.filter { $0.name == nil }.map(\.code)
        let names = Dictionary(
            zip(unnamed, unnamed.isEmpty ? [] : naming.names(of: unnamed)),
            uniquingKeysWith: { first, _ in first })
        return AddressAnswer(
            process: image, address: address, event: event,
            places: drafts.map { draft in
                AddressPlace(
                    library: draft.library, offset: draft.code.fileAddress, state: draft.state,
                    name: draft.name ?? names[draft.code] ?? CodeName(functions: []))
            }, earlierPlaces: left)
    }
}
