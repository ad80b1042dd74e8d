// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport

/// `dltrace why`: a library's whole life.
struct WhyCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Tell a library's whole life, or why it is still loaded.",
        discussion: """
            Who opened it, what brought it along, who needs it, who closed it, when and by what it was \
            finalized and unloaded, what it left behind; or else why it stayed.

            Examples:
              dltrace why libengine.so
              dltrace why --process 3 /opt/app/plugins/libengine.so
            """)

    @OptionGroup var database: DatabaseOption

    @Argument(
        help: ArgumentHelp(
            "Its path, soname, file name, or a part of its path that no other library has.",
            valueName: "library"))
    var library: String

    @Option(
        help: ArgumentHelp(
            "Which processes: a number of `dltrace processes`, last, or all.",
            valueName: "id|id+|last|last~N|all"))
    var process = ProcessSelection.last

    @Option(
        help: ArgumentHelp(
            "Tell of at most so many loads in a process, the newest.", valueName: "number"))
    var limit = 5

    @Option(help: "How to answer.")
    var format = Format.text

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit can't be less than 1") }
    }

    func run() throws {
        let stories = try Analyzer(database.open(naming: .new))
            .stories(of: library, in: process, limit: limit)
        switch format {
        case .text: print(StoryText(theme: Terminal.theme).render(stories), terminator: "")
        case .json: print(try StoryJSON().render(stories), terminator: "")
        }
    }
}
