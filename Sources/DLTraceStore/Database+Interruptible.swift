// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

extension Database {
    private final class Question {
        let isOver: () -> Bool

        init(_ isOver: @escaping () -> Bool) {
            self.isOver = isOver
        }
    }

    /// Some milliseconds of work, in SQLite's instructions.
    private static let interval: Int32 = 100_000

    /// Runs statements that fail with SQLITE_INTERRUPT, and are undone, once they are to be over.
    func interruptible<Value>(
        when isOver: @escaping () -> Bool, _ body: () throws -> Value
    ) rethrows -> Value {
        let question = Question(isOver)
        sqlite3_progress_handler(
            sqliteConnection, Self.interval,
            { context in
                guard let context else { return 0 }
                let question = Unmanaged<Question>.fromOpaque(context).takeUnretainedValue()
                return question.isOver() ? 1 : 0
            }, Unmanaged.passUnretained(question).toOpaque())
        defer {
            sqlite3_progress_handler(sqliteConnection, 0, nil, nil)
            withExtendedLifetime(question) {}
        }
        return try body()
    }
}
