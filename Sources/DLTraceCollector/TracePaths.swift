// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where things lie for this user: the database, the spill folder, the daemon's FIFO.
///
/// Every place has an environment variable and a default; docs/cli.md lists them. Making the paths
/// touches nothing; the `prepare` functions create folders and refuse unsafe ones.
package struct TracePaths: Sendable {
    /// The database a command works on.
    package let database: String
    /// The folder whose spill files belong into `database`.
    ///
    /// Programs that run without a launcher spill into one folder whatever database is used, so those
    /// files go into the user's usual database. Any other database named on a command line has a spill
    /// folder of its own beside it.
    package let spillFolder: String
    /// Whether `spillFolder` is one that dltrace made beside a database that is not the usual one.
    let hasOwnSpillFolder: Bool
    /// Where the FIFO and the launcher's private folders lie.
    package let runtimeFolder: String
    /// The FIFO of the daemon.
    package let pipe: String

    /// The folder of `database`, if that is the default place, which dltrace then creates.
    private let stateFolder: String?
    /// Whether `pipe` is the default place, whose folder dltrace then creates.
    private let isDefaultPipe: Bool

    /// Works out the places.
    ///
    /// - Parameters:
    ///   - environment: where DLTRACE_DB, DLTRACE_SPILL, DLTRACE_PIPE, XDG_STATE_HOME, XDG_RUNTIME_DIR
    ///     and HOME are looked up.
    ///   - database: the database named on the command line, which goes before DLTRACE_DB.
    ///   - pipe: the FIFO named on the command line, which goes before DLTRACE_PIPE.
    /// - Throws: `CollectorError` where neither HOME nor a variable tells the place, or one is not UTF-8.
    package init(
        environment: EnvironmentBlock = EnvironmentBlock(), database: String? = nil,
        pipe: String? = nil
    ) throws {
        let state = try Self.stateFolder(environment)
        let usual =
            try Self.value(environment, "DLTRACE_DB").map(Self.absolute)
            ?? state.map { $0 + "/dltrace.db" }
        guard let chosen = database.map(Self.absolute) ?? usual else {
            throw CollectorError(
                .cannotUse, "no place for the database", "neither HOME nor XDG_STATE_HOME is set",
                advice: "set DLTRACE_DB to the path of a database, or name one with --database")
        }
        self.database = chosen
        stateFolder = chosen == state.map { $0 + "/dltrace.db" } ? state : nil
        if let named = try Self.value(environment, "DLTRACE_SPILL") {
            let folder = Self.absolute(named)
            spillFolder = SpillFolder.parent(ofRunFolder: folder) ?? folder
            hasOwnSpillFolder = false
        } else if chosen == usual, let state {
            spillFolder = state + "/spill"
            hasOwnSpillFolder = false
        } else {
            spillFolder = chosen + ".spill"
            hasOwnSpillFolder = true
        }

        if let folder = try Self.absoluteValue(environment, "XDG_RUNTIME_DIR") {
            runtimeFolder = folder + "/dltrace"
        } else {
            runtimeFolder = "/tmp/dltrace-\(geteuid())"
        }
        let named = try pipe ?? Self.value(environment, "DLTRACE_PIPE")
        self.pipe = named.map(Self.absolute) ?? runtimeFolder + "/pipe"
        isDefaultPipe = named == nil
    }

    /// Creates the database's folder where it is the default one, and refuses an unsafe one.
    ///
    /// A folder the user named is the user's business: it has to be there.
    package func prepareDatabaseFolder() throws {
        guard let stateFolder else { return }
        try SafeFolder.prepare(stateFolder)
    }

    /// Creates the spill folder where it is missing, and refuses an unsafe one.
    package func prepareSpillFolder() throws {
        try SafeFolder.prepare(spillFolder)
    }

    /// Creates the folder for FIFOs where it is missing, and refuses an unsafe one.
    package func prepareRuntimeFolder() throws {
        try SafeFolder.prepare(runtimeFolder)
    }

    /// Creates the folder of the daemon's FIFO where that is the default one; refuses an unsafe one.
    ///
    /// A FIFO that the user put into a shared folder with the sticky bit, such as /tmp, is safe there.
    package func preparePipeFolder() throws {
        guard !isDefaultPipe else { return try prepareRuntimeFolder() }
        let folder = pipe.lastIndex(of: "/").map { String(pipe[..<$0]) } ?? "."
        var status = stat()
        if stat(folder.isEmpty ? "/" : folder, &status) == 0, status.st_mode & S_ISVTX != 0 {
            return
        }
        try SafeFolder.check(folder.isEmpty ? "/" : folder)
    }

    private static func stateFolder(_ environment: EnvironmentBlock) throws -> String? {
        if let folder = try absoluteValue(environment, "XDG_STATE_HOME") {
            return folder + "/dltrace"
        }
        return try absoluteValue(environment, "HOME").map { $0 + "/.local/state/dltrace" }
    }

    /// A path from the environment. What is not UTF-8 would come to another place than programs write to.
    private static func value(_ environment: EnvironmentBlock, _ name: String) throws -> String? {
        guard let value = environment[raw: name] else { return nil }
        guard let text = value.text else {
            throw CollectorError(
                .cannotUse, "cannot use the path \(value) of \(name)", "it is not valid UTF-8",
                advice: "name another place; in XDG_STATE_HOME, where HOME is not")
        }
        return text
    }

    /// A folder from the environment; the XDG specification has relative ones ignored.
    private static func absoluteValue(
        _ environment: EnvironmentBlock, _ name: String
    ) throws -> String? {
        guard let value = try value(environment, name), value.hasPrefix("/") else { return nil }
        return value.count > 1 && value.hasSuffix("/") ? String(value.dropLast()) : value
    }

    /// The traced program may change its working folder, so nothing relative is handed to it.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
        defer { free(folder) }
        return String(cString: folder) + "/" + path
    }
}
