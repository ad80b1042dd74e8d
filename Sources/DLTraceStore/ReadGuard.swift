// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Synchronization

/// SQLite's authorizer of a reading connection: open for dltrace's own statements, closed for a user's.
///
/// It takes the place of GRDB's, which only serves to observe changes; there are none here.
final class ReadGuard: Sendable {
    private let isClosed = Atomic(false)

    /// Has SQLite ask this guard. It must live as long as the connection.
    func install(in database: Database) throws {
        let code = sqlite3_set_authorizer(
            database.sqliteConnection,
            { context, action, _, second, _, _ in
                guard let context else { return SQLITE_DENY }
                let guardian = Unmanaged<ReadGuard>.fromOpaque(context).takeUnretainedValue()
                return guardian.authorize(action, second)
            },
            Unmanaged.passUnretained(self).toOpaque())
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    /// Closes the guard as long as the body runs.
    func whileClosed<Value>(_ body: () throws -> Value) rethrows -> Value {
        let before = isClosed.exchange(true, ordering: .relaxed)
        defer { isClosed.store(before, ordering: .relaxed) }
        return try body()
    }

    private func authorize(_ action: Int32, _ name: UnsafePointer<CChar>?) -> Int32 {
        guard isClosed.load(ordering: .relaxed) else { return SQLITE_OK }
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE:
            return SQLITE_OK
        case SQLITE_FUNCTION:
            let function = name.map { String(cString: $0).lowercased() }
            return function == "load_extension" ? SQLITE_DENY : SQLITE_OK
        default:
            return SQLITE_DENY
        }
    }
}
