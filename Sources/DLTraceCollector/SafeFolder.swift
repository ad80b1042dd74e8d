// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Folders that only this user can have filled: created 0700, refused where somebody else could have
/// prepared them or could put things in.
enum SafeFolder {
    /// Creates `path`, and its parents, where they are missing, and checks `path` itself.
    ///
    /// A link is followed only where this user made it: whoever may write to /tmp can plant one.
    static func prepare(_ path: String) throws {
        try createParents(of: path)
        if mkdir(path, 0o700) != 0, errno != EEXIST {
            throw CollectorError(.cannotUse, "cannot create the folder \(path)", errno: errno)
        }
        try check(path)
    }

    /// Whether `path` is there at all; a folder that is there is checked.
    static func exists(_ path: String) throws -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        try check(path)
        return true
    }

    /// Refuses a folder that is another user's, or that others can write to.
    static func check(_ path: String) throws {
        var link = stat()
        guard lstat(path, &link) == 0 else {
            throw CollectorError(.cannotUse, "cannot use the folder \(path)", errno: errno)
        }
        if link.st_mode & S_IFMT == S_IFLNK, link.st_uid != geteuid() {
            throw unsafe(path, "it is a link that user \(link.st_uid) made")
        }
        guard let folder = Descriptor(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK),
            let status = folder.status()
        else {
            throw CollectorError(.cannotUse, "cannot use the folder \(path)", errno: errno)
        }
        guard status.st_uid == geteuid() else {
            throw unsafe(path, "it belongs to user \(status.st_uid), not to user \(geteuid())")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw unsafe(path, "others can write to it")
        }
        if let open = openFolder(above: path) {
            throw unsafe(path, "anybody can put another one in its place, in \(open)")
        }
    }

    /// A folder on the way to `path` in which anybody can rename what is not theirs: one that all can write to,
    /// without the sticky bit that /tmp has.
    private static func openFolder(above path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        var folder = String(cString: resolved)
        while let slash = folder.lastIndex(of: "/"), folder != "/" {
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
            var status = stat()
            if stat(folder, &status) == 0, status.st_mode & S_IWOTH != 0,
                status.st_mode & S_ISVTX == 0
            {
                return folder
            }
        }
        return nil
    }

    /// Removes an empty folder; one that is not empty stays.
    ///
    /// - Returns: whether it is gone.
    @discardableResult
    static func removeIfEmpty(_ path: String) -> Bool {
        rmdir(path) == 0 || errno == ENOENT
    }

    private static func createParents(of path: String) throws {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let parent = String(path[..<slash])
        var status = stat()
        if stat(parent, &status) == 0 { return }
        try createParents(of: parent)
        if mkdir(parent, 0o700) != 0, errno != EEXIST {
            throw CollectorError(.cannotUse, "cannot create the folder \(parent)", errno: errno)
        }
    }

    private static func unsafe(_ path: String, _ why: String) -> CollectorError {
        CollectorError(
            .unsafePlace, "will not use the folder \(path)", why,
            advice: "remove it, make it yours with mode 0700, or choose another place "
                + "(XDG_RUNTIME_DIR, DLTRACE_PIPE, DLTRACE_SPILL, DLTRACE_DB)")
    }
}
