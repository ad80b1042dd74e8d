// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Finds names for addresses in files, within this process.
///
/// Files are read by libdwfl, which was not written for hostile ones: what comes from a trace is
/// read in a process of its own (``SymbolizerProcess``), which has a resolver inside.
/// Used by one owner; not safe for threads. The files used last are kept open, a few of them.
package final class SymbolResolver {
    /// Where distributions install separate debug files.
    package static let standardDebugFolders = ["/usr/lib/debug"]

    private struct Key: Hashable {
        var path: String
        var buildID: String
        /// A file that was replaced meanwhile is another one.
        var identity: FileIdentity?
    }

    private static let openFiles = 4

    private let search: DebugSearch
    private var files: [Key: ELFFile] = [:]
    private var recent: [Key] = []

    /// Creates a resolver.
    ///
    /// - Parameter debugFolders: Absolute paths of folders with separate debug files.
    package init(debugFolders: [String] = SymbolResolver.standardDebugFolders) {
        search = DebugSearch(folders: debugFolders)
    }

    // MARK: - Looking up

    /// The functions that an address lies in, innermost first; empty where the file has no name
    /// for it.
    ///
    /// The last one is the real function, those before it are inlined in the next one.
    ///
    /// - Parameters:
    ///   - path: The file, or the bare name of the kernel's vdso.
    ///   - buildID: The build id it must have, in lower-case hex; empty: it must have none.
    ///   - address: The place in it.
    ///   - loadedUnixNs: When it was loaded, in ns since 1970; nil: not known. A file without
    ///     build id that changed since is taken for another one.
    ///   - readsLines: Whether debug information is read, or symbol tables only.
    /// - Returns: The frames.
    /// - Throws: ``SymbolError`` where the file is not there, or not as it was.
    package func lookup(
        path: String, buildID: String, address: SymbolAddress, loadedUnixNs: Int64? = nil,
        readsLines: Bool = true
    ) throws(SymbolError) -> [ResolvedFrame] {
        try file(path: path, buildID: buildID, loadedUnixNs: loadedUnixNs)
            .frames(at: address, readsLines: readsLines)
    }

    /// Answers a request; a file that is not as recorded is an answer, too.
    package func reply(to request: SymbolRequest) -> SymbolReply {
        do throws(SymbolError) {
            let file = try file(of: request)
            return SymbolReply(
                places: request.addresses.map {
                    file.frames(at: $0, readsLines: request.readsLines)
                })
        } catch {
            return SymbolReply(failure: error)
        }
    }

    /// Reads a core file.
    package func report(for request: CoreRequest) throws(SymbolError) -> CoreReport {
        try CoreFile(path: request.path, resolver: self, search: search)
            .report(request)
    }

    // MARK: - Files

    /// The file of a request, or another one with its build id.
    private func file(of request: SymbolRequest) throws(SymbolError) -> ELFFile {
        do throws(SymbolError) {
            return try file(
                path: request.path, buildID: request.buildID, loadedUnixNs: request.loadedUnixNs)
        } catch {
            guard !request.buildID.isEmpty else { throw error }
            for path in request.otherPaths {
                let other = try? file(path: path, buildID: request.buildID, loadedUnixNs: nil)
                if let other { return other }
            }
            throw error
        }
    }

    private func file(
        path: String, buildID: String, loadedUnixNs: Int64?
    ) throws(SymbolError) -> ELFFile {
        let key = Key(path: path, buildID: buildID, identity: FileIdentity(path: path))
        if let file = files[key] {
            recent.removeAll { $0 == key }
            recent.append(key)
            return file
        }
        if recent.count >= Self.openFiles { files[recent.removeFirst()] = nil }
        let file = try open(path: path, buildID: buildID, loadedUnixNs: loadedUnixNs)
        files[key] = file
        recent.append(key)
        return file
    }

    private func open(
        path: String, buildID: String, loadedUnixNs: Int64?
    ) throws(SymbolError) -> ELFFile {
        do throws(SymbolError) {
            return try recordedFile(path: path, buildID: buildID, loadedUnixNs: loadedUnixNs)
        } catch {
            // The file of a debug package has all names, whatever became of the file itself.
            for path in DebugSearch.candidates(buildID: buildID, folders: search.folders) {
                let file = try? recordedFile(path: path, buildID: buildID, loadedUnixNs: nil)
                if let file { return file }
            }
            throw error
        }
    }

    private func recordedFile(
        path: String, buildID: String, loadedUnixNs: Int64?
    ) throws(SymbolError) -> ELFFile {
        let descriptor = try descriptor(path: path)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw SymbolError(.fileReplaced, path: path)
        }
        let file = try ELFFile(descriptor: descriptor, path: path, search: search)
        guard file.buildID == buildID else { throw SymbolError(.fileReplaced, path: path) }
        if buildID.isEmpty, let loadedUnixNs, !VirtualObject.isNamed(path),
            FileIdentity(status).changedUnixNs > loadedUnixNs
        {
            throw SymbolError(.fileReplaced, path: path)
        }
        return file
    }

    /// Opens a file for others to read, if it has the build id.
    func descriptor(path: String, buildID: String) throws(SymbolError) -> CInt {
        _ = try recordedFile(path: path, buildID: buildID, loadedUnixNs: nil)
        return try descriptor(path: path)
    }

    private func descriptor(path: String) throws(SymbolError) -> CInt {
        if VirtualObject.isNamed(path) {
            guard let descriptor = VirtualObject.open() else {
                throw SymbolError(.fileGone, path: path)
            }
            return descriptor
        }
        guard path.hasPrefix("/") else { throw SymbolError(.fileGone, path: path) }
        return try RegularFile.open(path)
    }
}
