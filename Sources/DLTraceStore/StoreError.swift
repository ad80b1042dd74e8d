// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Why a database can't be used, in a sentence and what to do about it.
package struct StoreError: Error, Hashable, Sendable {
    /// What went wrong.
    package enum Code: String, Sendable, CaseIterable {
        /// There is no such file.
        case missing
        /// It can't be opened, created, read or written.
        case access
        /// It is not a dltrace database.
        case foreign
        /// A newer dltrace made it.
        case newer
        /// An older dltrace made it, whose tables this one does not know any more.
        case older
        /// No space is left on the device.
        case full
        /// Another process keeps it locked.
        case busy
        /// Its contents are damaged.
        case damaged
        /// It was finished before.
        case closed
        /// SQLite failed in another way.
        case failed
    }

    package let code: Code
    /// The database's path.
    package let path: String
    /// Why, in SQLite's or the system's words where they say it.
    package let reason: String
    /// errno's value, where a system call failed.
    package let errno: Int32?
    /// SQLite's extended result code, where it failed.
    package let sqliteCode: Int32?

    /// An error about the database at a path.
    package init(
        _ code: Code, path: String, reason: String, errno: Int32? = nil, sqliteCode: Int32? = nil
    ) {
        self.code = code
        self.path = path
        self.reason = reason
        self.errno = errno
        self.sqliteCode = sqliteCode
    }

    /// Whether the same may succeed later, without anybody having done anything wrong: a disk gets room
    /// again, a lock is released.
    package var isPassing: Bool {
        let primary = sqliteCode.map { ResultCode(rawValue: $0 & 0xff) }
        return code == .full || code == .busy || primary == .SQLITE_IOERR
    }

    /// What to do about it.
    package var advice: String {
        switch code {
        case .missing: "Trace a program first: dltrace run -- PROGRAM"
        case .access: "Check the permissions of folder and file, or choose another with DLTRACE_DB."
        case .foreign: "Choose another file with DLTRACE_DB; this one was left as it is."
        case .newer: "Use the dltrace that made it, or a newer one."
        case .older: "Read it with the dltrace that made it, or move it away to start a new one."
        case .full: "Make space there, or choose another place with DLTRACE_DB."
        case .busy: "Wait for the dltrace that uses it, or stop it."
        case .damaged:
            "Move it away to start a new one; `sqlite3 FILE .recover` may save its contents."
        case .closed: "Open it anew."
        case .failed: "Try again; move the file away if it goes on."
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// Two lines: what and why, and what to do.
    package var description: String { "\(path): \(reason)\n\(advice)" }
}

extension StoreError {
    /// Whether an error of SQLite tells of the file rather than of a statement.
    static func isAboutTheFile(_ error: DatabaseError) -> Bool {
        let codes: [ResultCode] = [
            .SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOTADB, .SQLITE_CORRUPT,
            .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_IOERR,
        ]
        return codes.contains(error.resultCode)
    }

    /// What an error of SQLite means for the user.
    init(_ error: any Error, path: String) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.failed, path: path, reason: "\(error)")
            return
        }
        // No room for the file itself, or for the index of its journal, is told in several ways.
        let isRefusedWrite = [
            ResultCode.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_TRUNCATE,
        ].contains(error.extendedResultCode)
        let code: Code =
            switch error.resultCode {
            case _ where isRefusedWrite: .full
            case .SQLITE_FULL: .full
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy
            case .SQLITE_NOTADB: .foreign
            case .SQLITE_CORRUPT: .damaged
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR, .SQLITE_AUTH:
                .access
            default: .failed
            }
        let reason: String =
            switch code {
            case .full where isRefusedWrite:
                "it could not be written: no space, a limit for the size of files, or a fault of the disk"
            case .full: "no space is left for the database"
            case .busy: "the database is locked by another process"
            case .foreign: "not a dltrace database"
            case .access where error.resultCode == .SQLITE_READONLY:
                "it can't be written: the file, its folder or the disk is read-only"
            default: error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
            }
        self.init(
            code, path: path, reason: reason, sqliteCode: error.extendedResultCode.rawValue)
    }
}
