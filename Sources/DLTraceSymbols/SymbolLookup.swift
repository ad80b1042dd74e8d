// SPDX-License-Identifier: Apache-2.0

/// Looks up places of a trace's files one question at a time, and keeps what it finds in the database
/// where that can be written.
///
/// The process that reads the files stays for the next question. Used by one owner; not safe for threads.
package final class SymbolLookup {
    /// What is known of a place.
    package struct Answer: Hashable, Sendable {
        /// The functions there, innermost first; empty where there is no name.
        package var functions: [ResolvedFrame] = []

        /// What stood in the way.
        package var failure: SymbolError?
    }

    private let store: SymbolStore?
    private let isReadonly: Bool
    private let debugFolders: [String]
    private let reader: any SymbolReader

    /// Prepares to look up; nothing is opened that isn't needed.
    ///
    /// - Parameters:
    ///   - path: The database.
    ///   - reading: Which process reads the files.
    ///   - limits: What that process may use.
    package init(
        in path: String, using reading: SymbolReading = .automatic,
        limits: SymbolizerLimits = SymbolizerLimits()
    ) {
        let writing = try? SymbolStore(path: path)
        isReadonly = writing == nil
        store = writing ?? (try? SymbolStore(path: path, readonly: true))
        debugFolders = limits.debugFolders
        reader = reading.reader(limits: limits)
    }

    /// Looks up places of one file.
    ///
    /// - Parameters:
    ///   - binaryID: The file's row in table binary.
    ///   - addresses: The places.
    /// - Returns: What is known of each, in their order.
    package func answers(binaryID: Int64, addresses: [SymbolAddress]) -> [Answer] {
        do throws(SymbolError) {
            let task = try store?.task(
                binaryID: binaryID, addresses: addresses, debugFolders: debugFolders)
            guard let task else { return addresses.map { _ in Answer() } }
            let reply = try reader.reply(to: task.request(for: addresses))
            keep(SymbolResult(task: task, reply: reply))
            guard reply.places.count == addresses.count else {
                return addresses.map { _ in Answer(failure: reply.failure) }
            }
            return reply.places.map { Answer(functions: $0, failure: reply.failure) }
        } catch {
            return addresses.map { _ in Answer(failure: error) }
        }
    }

    /// Keeps what was found. Not where the file changed since it was looked up last: then all of its places
    /// are looked up anew by ``SymbolKeeper``, which would not notice any more.
    private func keep(_ result: SymbolResult) {
        guard !isReadonly, let store, (try? store.isOutdated(result.task)) == false else { return }
        try? store.save([result])
    }
}
