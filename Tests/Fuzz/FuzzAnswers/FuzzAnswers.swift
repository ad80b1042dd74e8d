// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis
import DLTraceCollector
import DLTraceReport
import DLTraceStore
import FuzzSupport
import FuzzTrace
import GRDB

private nonisolated(unsafe) let folder: FuzzFolder = {
    do { return try FuzzFolder() } catch { fatalError("\(error)") }
}()

/// The input as spill files, taken in as commands do; then what the commands answer.
@_cdecl("LLVMFuzzerTestOneInput")
public func answer(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    var generator = SeededGenerator(bytes)
    let half = Int.random(in: 0...(size / 8), using: &generator) * 8
    do {
        folder.clear()
        folder.spill(UnsafeRawBufferPointer(rebasing: bytes[..<half]), stream: 1)
        folder.spill(UnsafeRawBufferPointer(rebasing: bytes[half...]), stream: 2)
        try SpillFolder.takeInAll(paths: folder.paths)
        try folder.checkWhole()
        try answerAll()
    } catch {
        fatalError("\(error)")
    }
    return 0
}

private func answerAll() throws {
    let trace = try TraceDatabase(path: folder.paths.database)
    let analyzer = Analyzer(trace)
    let processes = try analyzer.processes()
    _ = ProcessList().text(processes)
    _ = try ProcessList().json(processes)
    guard !processes.isEmpty else { return }

    let images = try analyzer.images(.all)
    var line = TimeLine(theme: .plain)
    var text = ""
    try analyzer.timeLine(.all, filter: TimeLineFilter()) { entry in
        text += line.text(entry, of: images)
        text += try line.element(entry)
    }
    let (paths, addresses) = try trace.read { database in
        (
            try String.fetchAll(database, sql: "SELECT path FROM binary LIMIT 3"),
            try Int64.fetchAll(database, sql: "SELECT address FROM frame LIMIT 5")
        )
    }
    let answers = try analyzer.addresses(
        addresses.map { UInt64(bitPattern: $0) } + [0, .max], in: .all, naming: NoNames())
    _ = AddressText(theme: .plain).render(answers)
    _ = try AddressJSON().render(answers)
    for path in paths {
        do {
            let stories = try analyzer.stories(of: path, in: .all, limit: 5)
            _ = StoryText(theme: .plain).render(stories)
            _ = try StoryJSON().render(stories)
        } catch is AnalysisError {
            // Such as a name that two libraries have.
        }
    }
    let analysis = try analyzer.analyze(.all, rules: RuleSet.builtIn())
    _ = TextReport(theme: .plain).render(analysis)
    _ = try JSONReport().render(analysis)
    _ = SuppressionText().file(for: analysis)
}

/// Looks into no file: those are for the process that reads symbols.
private struct NoNames: CodeNaming {
    func names(of places: [CodePlace]) -> [CodeName] {
        places.map { _ in CodeName(functions: []) }
    }
}
