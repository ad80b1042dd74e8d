// SPDX-License-Identifier: Apache-2.0

import DLTraceCollector
import DLTraceStore
import DLTraceWire
import FuzzSupport
import FuzzTrace

private nonisolated(unsafe) let folder: FuzzFolder = {
    do { return try FuzzFolder() } catch { fatalError("\(error)") }
}()

/// The records of the input into a database, by one writer and then another, in batches.
@_cdecl("LLVMFuzzerTestOneInput")
public func ingest(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    var generator = SeededGenerator(bytes)
    var inputs: [DecodedInput] = []
    var decoder = WireDecoder()
    decoder.feed(bytes) { inputs.append($0) }
    decoder.finish { inputs.append($0) }
    do {
        folder.clear()
        let half = Int.random(in: 0...inputs.count, using: &generator)
        try store(inputs[..<half], &generator)
        try store(inputs[half...], &generator)
        try folder.checkWhole()
    } catch {
        fatalError("\(error)")
    }
    return 0
}

private func store(
    _ inputs: ArraySlice<DecodedInput>, _ generator: inout SeededGenerator
) throws {
    let writer = try TraceWriter(path: folder.paths.database)
    var batch: [Record] = []
    for input in inputs {
        switch input {
        case .record(let record):
            batch.append(record)
            guard UInt8.random(in: 0...9, using: &generator) == 0 else { continue }
            try writer.append(batch)
            batch = []
            try writer.passStale()
            try writer.noteEnd(stream: record.header.stream, witness: .gone)
        case .broken(let input):
            try writer.append(broken: input, source: "fuzz")
        }
    }
    try writer.append(batch)
    try writer.finish()
}
