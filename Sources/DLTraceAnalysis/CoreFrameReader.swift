// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Completes the stacks of a core file with what a trace knows.
final class CoreFrameReader {
    private struct Key: Hashable {
        let address: UInt64
        let isExact: Bool
    }

    private let database: Database
    private let libraries: CoreLibraries
    private let moment: Int64?
    private var known: [Key: CoreFrameAnswer] = [:]

    /// A reader for the core file of a process, made before an event, or at its end.
    init(of process: ProcessImage, at moment: Int64?, in database: Database) throws {
        self.database = database
        self.moment = moment
        libraries = try CoreLibraries(of: process, in: database)
    }

    /// A thread with what the trace knows of its frames.
    func thread(_ thread: CoreImage.Thread) throws -> CoreThreadAnswer {
        CoreThreadAnswer(
            id: thread.id,
            frames: try thread.places.enumerated().map { number, place in
                let key = Key(address: place.address, isExact: number == 0)
                if let frame = known[key] { return frame }
                let frame = try self.frame(place, isExact: key.isExact)
                known[key] = frame
                return frame
            }, obstacle: thread.obstacle)
    }

    private func frame(_ place: CoreImage.Place, isExact: Bool) throws -> CoreFrameAnswer {
        let lookedUp = isExact || place.address == 0 ? place.address : place.address - 1
        let library = libraries.library(at: lookedUp).flatMap { library in
            // What is mapped counts: the trace may not have seen it come.
            place.isUnloaded || place.path == nil
                || place.path?.lastPathPart == library.path.lastPathPart ? library : nil
        }
        guard let library else {
            return CoreFrameAnswer(
                address: place.address, library: place.path, offset: place.fileAddress,
                functions: place.functions, state: place.isUnloaded ? .unloaded : nil)
        }
        var functions = place.functions
        if functions.isEmpty {
            // The names of a file that is gone may have been kept.
            let code = CodePlace(
                binary: library.binary, fileAddress: place.address &- library.base,
                isExact: isExact)
            functions = try CodeNameReader.name(of: code, in: database)?.functions ?? []
        }
        return CoreFrameAnswer(
            address: place.address, library: library.path,
            offset: place.address &- library.base, functions: functions,
            state: place.isUnloaded ? .unloaded : library.state(at: moment))
    }
}
