// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport
import DLTraceStore
import DLTraceSymbols
import Glibc

/// `dltrace core`: stacks through code that is gone, and the fault explained.
struct CoreCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "core",
        abstract:
            "Explain a core file: every thread's stack, through libraries that were unloaded.",
        discussion: """
            The core file is matched with the process that was traced: by its pid, and by where its \
            libraries lie. What was unloaded is put back where it was, so that debuggers' ?? have names.

            Examples:
              dltrace core core.1234
              dltrace core --process 3 --program ./server core.1234
            """)

    @OptionGroup var database: DatabaseOption

    @Argument(
        help: ArgumentHelp("The core file, not compressed.", valueName: "corefile"),
        completion: .file())
    var core: String

    @Option(
        help: ArgumentHelp(
            "The process it is of, if it can't be told: a number of `dltrace processes`, or last.",
            valueName: "id|id+|last|last~N|all"))
    var process: ProcessSelection?

    @Option(
        help: ArgumentHelp(
            "The program's file, if it is not where it was.", valueName: "path"),
        completion: .file())
    var program: String?

    @Option(help: "How to answer.")
    var format = Format.text

    func run() throws {
        let program = self.program.flatMap { realpath($0, nil) }.map { path in
            defer { free(path) }
            return String(cString: path)
        }
        let trace = try database.open(naming: .new)
        let analyzer = Analyzer(trace)
        let whose = try read(CoreRequest(path: core, executable: program, readsThreads: false))
        let match = try analyzer.match(image(whose), among: process)
        let libraries = try analyzer.libraries(ofCoreOf: match.process).map { library in
            CoreLibrary(
                path: library.path, buildID: library.buildID, base: library.base,
                extent: library.start..<max(library.start, library.end))
        }
        let report = try read(
            CoreRequest(
                path: core, executable: program ?? match.process.executable, libraries: libraries))
        let answer = try analyzer.explain(
            image(report), of: match, naming: SymbolNaming(database: trace.path))
        switch format {
        case .text: print(CoreText(theme: Terminal.theme).render(answer), terminator: "")
        case .json: print(try CoreJSON().render(answer), terminator: "")
        }
    }

    private func read(_ request: CoreRequest) throws -> CoreReport {
        do {
            return try CoreReader.read(request)
        } catch {
            throw CoreFileError(error)
        }
    }

    private func image(_ report: CoreReport) -> CoreImage {
        CoreImage(
            path: core, pid: Int64(report.process), writtenUnixNs: report.writtenUnixNs,
            signal: report.signal.map { Int64($0) },
            code: report.code.map { Int64($0) }, faultAddress: report.faultAddress,
            isTruncated: report.isTruncated,
            modules: report.modules.map {
                CoreImage.Module(
                    path: $0.path, start: $0.start, buildID: $0.buildID, isReadable: $0.isReadable)
            },
            threads: report.threads.map { thread in
                CoreImage.Thread(
                    id: Int64(thread.id), places: thread.frames.map(place),
                    obstacle: thread.obstacle)
            }, missing: report.missing.map(\.path))
    }

    private func place(_ frame: CoreFrame) -> CoreImage.Place {
        CoreImage.Place(
            address: frame.address, path: frame.path, fileAddress: frame.fileAddress,
            isUnloaded: frame.isUnloaded,
            functions: frame.functions.map(SymbolNaming.function))
    }
}
