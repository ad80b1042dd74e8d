// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The private folder of one `dltrace run`, with its FIFO; gone when the object goes.
///
/// A lock tells the folder of a running launcher from one that a killed launcher left behind.
package final class RunFolder {
    /// The folder, mode 0700.
    package let path: String
    /// Where the FIFO goes.
    package var pipe: String { path + "/pipe" }

    private static let prefix = "run-"
    private let lock: FileLock

    /// Makes a new folder in `parent`, and removes those that nobody uses any more.
    package init(in parent: String) throws {
        Self.removeAbandoned(in: parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CollectorError(.cannotUse, "cannot create a folder in \(parent)", errno: errno)
        }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        guard let lock = try FileLock(path: Self.lockFile(path), patience: .none) else {
            throw CollectorError(.busy, "cannot use \(path)", "another process has locked it")
        }
        self.lock = lock
    }

    deinit {
        Self.remove(path)
    }

    private static func lockFile(_ folder: String) -> String { folder + "/lock" }

    private static func remove(_ folder: String) {
        unlink(folder + "/pipe")
        unlink(lockFile(folder))
        rmdir(folder)
    }

    /// Removes the folders of launchers that were killed.
    ///
    /// A young one may be being made: its lock file is there, and not locked yet.
    private static func removeAbandoned(in parent: String) {
        for name in FolderList.names(in: parent) where name.hasPrefix(prefix) {
            let folder = "\(parent)/\(name)"
            var status = stat()
            guard stat(folder, &status) == 0, status.st_mtim.tv_sec < time(nil) - 60,
                access(lockFile(folder), F_OK) == 0,
                let lock = try? FileLock(path: lockFile(folder), patience: .none)
            else { continue }
            withExtendedLifetime(lock) { remove(folder) }
        }
    }
}
