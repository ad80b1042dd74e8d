// SPDX-License-Identifier: Apache-2.0

import DLTraceStore
import GRDB

extension Analyzer {
    /// Hands on the time line of a selection: process by process, each in its own order.
    ///
    /// - Throws: `AnalysisError` if there is no such process; whatever `body` throws.
    package func timeLine(
        _ selection: ProcessSelection, filter: TimeLineFilter,
        _ body: (TimeLineEntry) throws -> Void
    ) throws {
        try timeLine(images(selection), filter: filter, body)
    }

    /// Hands on the time line of processes.
    package func timeLine(
        _ images: [ProcessImage], filter: TimeLineFilter, _ body: (TimeLineEntry) throws -> Void
    ) throws {
        try database.read { connection in
            let reader = try TimeLineReader(database: connection, filter: filter)
            var left = filter.limit
            for process in images {
                if let left, left <= 0 { return }
                let count = try reader.read(process, limit: left, body)
                left = left.map { $0 - count }
            }
        }
    }

    /// Runs SQL of the user's over the views.
    ///
    /// - Throws: `AnalysisError` if it is wrong, or would do more than read.
    package func query(_ sql: String) throws -> QueryAnswer {
        try database.read { connection in
            do {
                let statement = try ReadingStatement.make(sql, in: connection, of: database)
                let columns = statement.columnNames
                let answer = try database.onlyReading(connection) {
                    let rows = try Row.fetchCursor(statement)
                    var answer: [[Value]] = []
                    while let row = try rows.next() {
                        answer.append(row.databaseValues.map(Self.value))
                    }
                    return answer
                }
                return QueryAnswer(columns: columns, rows: answer)
            } catch let refusal as ReadingStatement.Refusal {
                throw Self.badQuery(refusal.why, line: refusal.line)
            } catch let error as DatabaseError {
                throw Self.badQuery(error.message ?? "it fails", line: nil)
            }
        }
    }

    private static func badQuery(_ why: String, line: Int?) -> AnalysisError {
        AnalysisError(
            code: .badQuery, what: line.map { "query, line \($0)" } ?? "query", why: why,
            advice: "The tables and views are described in docs/schema.md.")
    }

    private static func value(_ value: DatabaseValue) -> Value {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        case .blob(let data): .blob([UInt8](data))
        }
    }
}
