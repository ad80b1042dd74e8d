// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc

/// Tells dltrace's databases from other files, and makes new ones.
enum DatabaseFile {
    /// `PRAGMA application_id` of schema.sql.
    static let applicationID: Int64 = 0x444c_5472
    /// `PRAGMA user_version` of schema.sql.
    static let version: Int64 = 2

    /// What pruned.sql says.
    static var prunedTable: String {
        String(decoding: PackageResources.pruned_sql, as: UTF8.self)
    }

    /// Why there is nothing to be read.
    static let emptiness = "no program was traced into it yet"

    /// Makes an empty file that only its owner can read, where there is none.
    static func create(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno == EEXIST {
            try requireFile(path)
            try requireOwn(path)
        } else {
            throw StoreError(system: errno, path: path, what: "it can't be created")
        }
    }

    /// Refuses what is no file, or is none of ours to read.
    static func requireFile(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let isMissing = errno == ENOENT
            throw StoreError(
                system: errno, path: path,
                what: isMissing ? emptiness : "it can't be read",
                code: isMissing ? .missing : .access)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.foreign, path: path, reason: "not a file")
        }
        guard access(path, R_OK) == 0 else {
            throw StoreError(system: errno, path: path, what: "it can't be read")
        }
    }

    /// Refuses to write to what somebody else prepared: a link that another user made, as anybody can in /tmp, or
    /// another user's file.
    private static func requireOwn(_ path: String) throws {
        var link = stat()
        var file = stat()
        guard lstat(path, &link) == 0, stat(path, &file) == 0 else { return }
        for status in [link, file] where status.st_uid != geteuid() {
            throw StoreError(
                .access, path: path,
                reason: "will not write to what belongs to user \(status.st_uid), not to user"
                    + " \(geteuid())")
        }
        guard file.st_mode & S_IWOTH == 0 else {
            throw StoreError(.access, path: path, reason: "will not write to it: anybody can")
        }
    }

    /// Refuses a database of another program or version.
    ///
    /// - Returns: false where it has no contents yet.
    static func check(_ database: Database, path: String) throws -> Bool {
        var application: Int64 = 0
        var version: Int64 = 0
        var tables: Int64 = 0
        // At one moment: another process may be making it just now.
        try inOneTransaction(database) {
            application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            tables = try Int64.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        }
        guard application != 0 || version != 0 || tables != 0 else { return false }
        guard application == applicationID else {
            throw StoreError(.foreign, path: path, reason: "not a dltrace database")
        }
        guard version == Self.version else {
            let isNewer = version > Self.version
            throw StoreError(
                isNewer ? .newer : .older, path: path,
                reason: "made by \(isNewer ? "a newer" : "an older") dltrace "
                    + "(schema \(version), this one knows \(Self.version))")
        }
        return true
    }

    private static func inOneTransaction(_ database: Database, _ read: () throws -> Void) throws {
        guard !database.isInsideTransaction else { return try read() }
        try database.inTransaction(.deferred) {
            try read()
            return .commit
        }
    }
}

extension StoreError {
    /// A system call failed.
    fileprivate init(system number: Int32, path: String, what: String, code: Code = .access) {
        let isFull = number == ENOSPC || number == EDQUOT
        let message = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        self.init(
            isFull ? .full : code, path: path,
            reason: code == .missing ? what : "\(what): \(message)", errno: number)
    }
}
