// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport
import DLTraceStore

/// `dltrace addr`: what lay at an address.
struct AddrCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "addr",
        abstract: "Tell what lay at an address: library, function, line, also when unloaded since.",
        discussion: """
            Addresses are hexadecimal, with or without 0x in front. The newest library that lay there \
            comes first; --at asks about the moment of an event.

            With --filter every line of standard input is passed on, and names are put to addresses that \
            have none: <unknown module> frames of sanitizers, ?? frames of gdb and valgrind, addresses of \
            backtrace_symbols(3), of the kernel's log and others. The process is the one whose pid the line \
            names, else that of --process.

            Examples:
              dltrace addr 0x7f57502ed139
              dltrace addr --at 36 7f57502ed139
              dltrace run -- PROGRAM 2>&1 | dltrace addr --filter
            """)

    @OptionGroup var database: DatabaseOption

    @Argument(
        help: ArgumentHelp("Hexadecimal addresses.", valueName: "address"),
        transform: Address.parse)
    var addresses: [UInt64] = []

    @Option(
        help: ArgumentHelp(
            "Which processes: a number of `dltrace processes`, last, or all.",
            discussion:
                "last, the default, is the newest program that nothing traced started, with all its "
                + "children.",
            valueName: "id|id+|last|last~N|all"))
    var process: ProcessSelection?

    @Option(help: ArgumentHelp("What lay there when this event happened.", valueName: "event"))
    var at: Int64?

    @Flag(help: "Put names to the addresses in the lines of standard input.")
    var filter = false

    @Option(help: "How to answer.")
    var format = Format.text

    func validate() throws {
        guard filter else {
            if addresses.isEmpty {
                throw ValidationError("name an address, or pass lines through with --filter")
            }
            return
        }
        if !addresses.isEmpty { throw ValidationError("--filter reads addresses from its input") }
        if at != nil { throw ValidationError("--at goes with addresses, not with --filter") }
        if format != .text {
            throw ValidationError("--filter passes lines through: it has no --format")
        }
    }

    func run() throws {
        guard !filter else { return try passThrough() }
        let trace = try database.open(naming: .new)
        let answers = try Analyzer(trace).addresses(
            addresses, in: process ?? .last, by: at,
            naming: SymbolNaming(database: trace.path))
        switch format {
        case .text: print(AddressText(theme: Terminal.theme).render(answers), terminator: "")
        case .json: print(try AddressJSON().render(answers), terminator: "")
        }
    }

    // MARK: - As a filter

    private func passThrough() throws {
        var naming: SymbolNaming?
        let filter = AddressFilter(process, wait: Terminal.wait) { [database] in
            let trace = try database.open(naming: .new)
            // It keeps the process that reads the files.
            let names = naming ?? SymbolNaming(database: trace.path)
            naming = names
            return AddressFilter.Source(analyzer: Analyzer(trace), naming: names)
        }
        let text = AddressLine(theme: Terminal.theme)
        var scanner = LineScanner()
        try LineStream.passThrough { line in
            let answers = scanner.mentions(in: line).compactMap { mention in
                filter.answer(mention).map { (mention, $0) }
            }
            return answers.isEmpty ? line : text.render(line, answers)
        }
        if let obstacle = filter.obstacle { throw obstacle }
    }
}
