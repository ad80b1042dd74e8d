// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder in which programs leave their records when no collector reads.
///
/// A running collector owns the spill folder of its programs: it alone takes in what lies there, since the same
/// process may have records in the pipe. What is left of a collector that is gone any command takes in.
package final class SpillFolder {
    /// The folder.
    package let path: String

    private let folder: Descriptor
    private let ledger: Ledger
    private var files: [String: SpillFile] = [:]
    /// Those of `files` that were read to their end, of which something waits for earlier records.
    private var ended: [SpillFile] = []

    static let runPrefix = "run-"
    /// Folders in folders are looked into this far: `dltrace run` inside `dltrace run`.
    private static let depthLimit = 8
    /// A collector that is not stopped or overwhelmed needs a tenth of it.
    private static let ownerPatience: UInt64 = 2_000_000_000
    /// So many full files are removed at a time.
    private static let removedTogether = 16
    /// All files together may have so many bytes of events whose other parts are not written yet. Of a program that
    /// is just writing one it is a quarter of a MiB.
    static let eventBytesMax = 16 << 20
    /// The folder is listed so often at one time, while processes come and go.
    private static let mostListings = 8

    private init?(opening path: String) throws {
        guard try SafeFolder.exists(path),
            let folder = Descriptor(path, O_RDONLY | O_DIRECTORY)
        else { return nil }
        self.path = path
        self.folder = folder
        ledger = Ledger(of: path)
    }

    // MARK: - Owning

    /// Opens the folder for a collector, which takes in its files for as long as it lives.
    ///
    /// - Returns: nil where another collector does that already.
    package static func owned(_ path: String) throws -> SpillFolder? {
        try SafeFolder.prepare(path)
        guard let spill = try SpillFolder(opening: path) else { return nil }
        guard try spill.lockAlone() else { return nil }
        _ = spill.lock(LOCK_SH)
        spill.ledger.make()
        return spill
    }

    /// Makes a folder within `parent` for the programs of one `dltrace run`, and owns it.
    package static func forRun(in parent: String) throws -> SpillFolder {
        try SafeFolder.prepare(parent)
        var template = Array("\(parent)/\(runPrefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil,
            let path = template.withUnsafeBufferPointer({
                $0.baseAddress.map { String(cString: $0) }
            }),
            let spill = try owned(path)
        else {
            throw CollectorError(.cannotUse, "cannot create a folder in \(parent)", errno: errno)
        }
        return spill
    }

    /// The folder that a run's folder lies in, where `path` is one: what a `dltrace run` within another one
    /// finds in DLTRACE_SPILL.
    static func parent(ofRunFolder path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"),
            path[path.index(after: slash)...].hasPrefix(runPrefix)
        else { return nil }
        return String(path[..<slash])
    }

    /// Locks the folder for this process alone, after commands that take in and go.
    ///
    /// - Returns: false where a collector owns it, which holds a shared lock for its life.
    private func lockAlone() throws -> Bool {
        while !lock(LOCK_EX | LOCK_NB) {
            guard errno == EWOULDBLOCK else {
                throw CollectorError(.cannotUse, "cannot lock \(path)", errno: errno)
            }
            if lock(LOCK_SH | LOCK_NB) {
                // Shared with a collector, or free again by now.
                if lock(LOCK_EX | LOCK_NB) { return true }
                _ = lock(LOCK_UN)
                return false
            }
            // A command, which takes in and goes; or a collector that begins, and shares it in a moment: for a
            // lock of its own one would wait until that one ends.
            poll(nil, 0, 5)
        }
        return true
    }

    private func lock(_ operation: Int32) -> Bool {
        while flock(folder.number, operation) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Removes a spill folder, and its ledger, if it is empty and nobody uses them.
    package static func removeIfEmpty(_ path: String) {
        let ledger = Ledger(of: path)
        guard FolderList.names(in: path).isEmpty, ledger.removeIfUnused() else { return }
        // Somebody may have come meanwhile.
        if !SafeFolder.removeIfEmpty(path) { ledger.make() }
    }

    // MARK: - Taking in

    /// Takes in what processes wrote here since the last call.
    ///
    /// After an error nothing is lost: what is not in the database is in the files, or waits in the intake.
    func takeIn(to intake: Intake) throws {
        var kept: [String: SpillFile] = [:]
        defer { files = kept }
        ended = []
        var eventBytes = 0
        var complete: [Ended] = []
        var full: [Ended] = []
        var known: Set<String> = []
        var done: Set<String> = []
        // A process that executed another program, and ended, since the folder was listed has a second file
        // that is not in the list, and may have added to its first one: so this goes on until nothing new is
        // listed.
        for listing in 1...Self.mostListings {
            let candidates = candidates(besides: done)
            let isNew = candidates.contains { known.insert($0.name).inserted }
            guard isNew else { break }
            known.formUnion(candidates.map(\.name))
            let total = candidates.reduce(0) { $0 + $1.bytes }
            var read: UInt64 = 0
            // In the order in which they were begun, and concluded when all are known: of a process that
            // executed another program there are two, and the first image is not simply gone.
            for candidate in candidates {
                intake.progress(.takingIn(done: read, of: total))
                read += candidate.bytes
                let earlier = kept[candidate.name] ?? files[candidate.name]
                var spill =
                    earlier.flatMap { $0.identity == candidate.identity ? $0 : nil }
                    ?? SpillFile(path: candidate.path, identity: candidate.identity)
                // Opened one by one: there may be more files than descriptors.
                guard let (file, identity) = SpillFile.open(candidate.path),
                    identity == candidate.identity
                else { continue }
                let state = try spill.takeIn(file, to: intake)
                eventBytes += spill.eventBytes - (kept[candidate.name]?.eventBytes ?? 0)
                kept[candidate.name] = spill
                if eventBytes > Self.eventBytesMax {
                    eventBytes -= Self.giveUpMost(of: &kept, intake)
                }
                if state == .growing || state == .abandoned && listing == Self.mostListings {
                    continue
                }
                kept[candidate.name] = nil
                done.insert(candidate.name)
                let whole = Ended(name: candidate.name, spill: spill)
                if state == .abandoned { complete.append(whole) } else { full.append(whole) }
                // A long backlog is to give its room on the disk back as it goes.
                if full.count >= Self.removedTogether { try removeStored(&full, intake) }
            }
        }
        for each in complete { each.spill.conclude(intake) }
        var unstored = full + complete
        try removeStored(&unstored, intake)
        for each in unstored { kept[each.name] = each.spill }
        ended = unstored.map(\.spill)
        try ledger.takeIn(to: intake)
    }

    /// Gives up the incomplete events of the file that has most of them.
    ///
    /// - Returns: how many bytes they were.
    private static func giveUpMost(of files: inout [String: SpillFile], _ intake: Intake) -> Int {
        guard let most = files.max(by: { $0.value.eventBytes < $1.value.eventBytes }) else {
            return 0
        }
        files[most.key]?.giveUpEvents(intake)
        return most.value.eventBytes
    }

    /// The memory that events take of which parts are not written yet.
    var eventBytes: Int { files.values.reduce(0) { $0 + $1.eventBytes } }

    /// What was taken in, and waited for earlier records, is in the database now.
    func settle() {
        for spill in ended { spill.remove() }
        ended = []
        ledger.free()
    }

    /// A file that was read to its end.
    private struct Ended {
        let name: String
        let spill: SpillFile
    }

    /// Removes the files of which everything is in the database. What waits for earlier records is in no other
    /// place yet.
    private func removeStored(_ files: inout [Ended], _ intake: Intake) throws {
        try intake.flush()
        let waiting = intake.waitingStreams
        files.removeAll {
            guard !$0.spill.mayHold(anyOf: waiting) else { return false }
            $0.spill.remove()
            return true
        }
    }

    private struct Candidate {
        let name: String
        let path: String
        let identity: SpillFile.Identity
        let begun: UInt64
        let bytes: UInt64
    }

    private func candidates(besides done: Set<String>) -> [Candidate] {
        FolderList.names(in: path)
            .filter { $0.hasSuffix(SpillFile.suffix) && !done.contains($0) }
            .compactMap { name in
                let filePath = path + "/" + name
                guard let (file, identity) = SpillFile.open(filePath) else { return nil }
                return Candidate(
                    name: name, path: filePath, identity: identity, begun: SpillFile.begun(file),
                    bytes: UInt64(max(0, file.status()?.st_size ?? 0)))
            }
            .sorted { $0.begun < $1.begun }
    }

    /// Whether there is anything to take in.
    private var holdsFiles: Bool {
        ledger.isUsed
            || FolderList.names(in: path).contains { $0.hasSuffix(SpillFile.suffix) }
    }

    /// Takes in what programs left behind for the database of `paths`: what each command does first that
    /// reads the database.
    ///
    /// The database is opened for writing, and created, only where there is something to take in. Folders
    /// that a running collector owns are left to it. Two commands at once wait for each other.
    ///
    /// - Parameters:
    ///   - paths: where the folder and the database are.
    ///   - progress: told how far it is.
    /// - Returns: whether there was anything to take in.
    /// - Throws: `CollectorError` and `StoreError`; the files stay for the next time.
    @discardableResult
    package static func takeInAll(
        paths: TracePaths, progress: @escaping (Progress) -> Void = { _ in }
    ) throws -> Bool {
        let folders = try lockAll(paths.spillFolder, depth: 0)
        defer { if paths.hasOwnSpillFolder { removeIfEmpty(paths.spillFolder) } }
        guard folders.contains(where: \.holdsFiles) else {
            for folder in folders { folder.removeIfAbandoned() }
            return false
        }
        try paths.prepareDatabaseFolder()
        let intake = try Intake.opening(paths.database)
        intake.progress = progress
        for folder in folders {
            try folder.takeIn(to: intake)
        }
        try intake.finish()
        for folder in folders {
            folder.settle()
            folder.removeIfAbandoned()
        }
        return true
    }

    /// A folder and the run folders in it, as far as no collector owns them, each locked.
    private static func lockAll(_ path: String, depth: Int) throws -> [SpillFolder] {
        guard depth < depthLimit, let spill = try SpillFolder(opening: path) else { return [] }
        var folders: [SpillFolder] = []
        for name in FolderList.names(in: path)
        where name.hasPrefix(runPrefix) && !Ledger.isLedger(name) {
            folders += try lockAll(path + "/" + name, depth: depth + 1)
        }
        if try spill.lockAlone() {
            folders.append(spill)
        } else {
            spill.awaitOwner()
        }
        return folders
    }

    /// Waits until the collector that owns the folder has taken in what processes that are gone left in it.
    private func awaitOwner() {
        let end = Clock.now() + Self.ownerPatience
        func holdsAbandoned() -> Bool {
            FolderList.names(in: path).contains {
                $0.hasSuffix(SpillFile.suffix) && SpillFile.isAbandoned(path + "/" + $0)
            }
        }
        while Clock.now() < end, holdsAbandoned() { poll(nil, 0, 10) }
    }

    /// Removes the folder of a run that is over. A young one stays: a program may have made it anew and be
    /// about to put a file into it.
    private func removeIfAbandoned() {
        guard Self.parent(ofRunFolder: path) != nil, let status = folder.status(),
            status.st_mtim.tv_sec < time(nil) - 60
        else { return }
        Self.removeIfEmpty(path)
    }
}
