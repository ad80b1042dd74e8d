// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceSymbols

/// `dltrace symbolize`: how dltrace starts itself to read files that may be hostile; not for users.
struct SymbolizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "symbolize",
        abstract: "Look up symbols for another dltrace process, in JSON lines on stdin and stdout.",
        shouldDisplay: false)

    func run() throws {
        try SymbolizerServer.run()
    }
}
