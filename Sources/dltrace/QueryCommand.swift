// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis
import DLTraceReport
import DLTraceStore

/// `dltrace query`: SQL over the views.
struct QueryCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case csv
    }

    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Answer a SELECT over the tables and views of the database.",
        discussion: "They are described in docs/schema.md. Nothing can be written.")

    @OptionGroup var database: DatabaseOption

    @Argument(help: ArgumentHelp("One SELECT.", valueName: "sql"))
    var sql: String?

    @Flag(help: "Print the views as SQL, for the sqlite3 shell: dltrace query --views > views.sql")
    var views = false

    @Option(help: "How to answer.")
    var format = Format.text

    func validate() throws {
        guard (sql == nil) == views else {
            throw ValidationError("give one SELECT, or --views")
        }
    }

    func run() throws {
        guard let sql else {
            print(TraceDatabase.views, terminator: "")
            return
        }
        let answer = try database.analyzer().query(sql)
        switch format {
        case .text: print(QueryTable().text(answer), terminator: "")
        case .json: print(try QueryTable().json(answer), terminator: "")
        case .csv: print(QueryTable().csv(answer), terminator: "")
        }
    }
}
