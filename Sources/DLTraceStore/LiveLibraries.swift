// SPDX-License-Identifier: Apache-2.0

/// The libraries of one process image: by address, by generation, and a little of the past.
///
/// It is a value: a forked child starts with a copy.
struct LiveLibraries {
    /// More than this are not kept; their rows are in the database all the same.
    static let limit = 16_384
    private static let departedLimit = 64

    private struct Departed {
        let library: LiveLibrary
        let seq: UInt64
    }

    /// Sorted by start; none overlaps another.
    private var byAddress: [LiveLibrary] = []
    private var byGeneration: [UInt32: LiveLibrary] = [:]
    private var departed: [Departed] = []
    /// Departures up to this seq are forgotten.
    private var forgotten: UInt64 = 0

    /// How many there are.
    var count: Int { byGeneration.count }

    // MARK: - Questions

    /// The library at an address.
    func library(at address: UInt64) -> Int64? {
        let index = firstIndex(after: address)
        guard index > 0 else { return nil }
        let candidate = byAddress[index - 1]
        return address < candidate.end ? candidate.id : nil
    }

    /// The library of a generation, also when it left a short time ago.
    func library(generation: UInt32) -> Int64? {
        byGeneration[generation]?.id ?? departed(generation: generation)?.id
    }

    /// The library of a generation that left a short time ago.
    func departed(generation: UInt32) -> LiveLibrary? {
        departed.last { $0.library.generation == generation }?.library
    }

    /// What was there right after the event of this seq; nil where that is forgotten.
    func asOf(_ seq: UInt64) -> LiveLibraries? {
        guard forgotten <= seq else { return nil }
        var libraries = byGeneration.values.filter { $0.since <= seq }
        libraries += departed.filter { $0.seq > seq && $0.library.since <= seq }.map(\.library)
        return LiveLibraries(inherited: libraries)
    }

    // MARK: - Changes

    init() {}

    /// What a forked child starts with.
    init(inherited libraries: [LiveLibrary]) {
        for library in libraries.sorted(by: { ($0.since, $0.id) < ($1.since, $1.id) }) {
            arrive(
                LiveLibrary(
                    id: library.id, generation: library.generation, start: library.start,
                    end: library.end, since: 0))
        }
    }

    /// Adds a library. What it overlaps is gone, only its UNLOAD was not seen; but a library that is
    /// told of late does not displace those that came after it.
    mutating func arrive(_ library: LiveLibrary) {
        guard byGeneration.count < Self.limit else { return }
        if let old = byGeneration.updateValue(library, forKey: library.generation) {
            removeAddress(of: old)
        }
        guard library.start < library.end else { return }
        var index = firstIndex(after: library.start)
        if index > 0, byAddress[index - 1].end > library.start { index -= 1 }
        var end = index
        while end < byAddress.count, byAddress[end].start < library.end {
            guard byAddress[end].since <= library.since else { return }
            end += 1
        }
        byAddress.replaceSubrange(index..<end, with: CollectionOfOne(library))
    }

    /// Removes the library of a generation.
    ///
    /// - Returns: its number; nil where it is not known.
    mutating func depart(generation: UInt32, seq: UInt64) -> Int64? {
        guard let library = byGeneration.removeValue(forKey: generation) else { return nil }
        removeAddress(of: library)
        if departed.count >= Self.departedLimit {
            let half = Self.departedLimit / 2
            forgotten = departed[..<half].reduce(forgotten) { max($0, $1.seq) }
            departed.removeFirst(half)
        }
        departed.append(Departed(library: library, seq: seq))
        return library.id
    }

    /// Forgets what left up to this seq: its rows may be gone.
    mutating func forgetDepartures(upTo seq: UInt64) {
        guard seq > forgotten else { return }
        forgotten = seq
        departed.removeAll { $0.seq <= seq }
    }

    /// Adds what a forked child started with, told of after it had loaded more.
    mutating func inherit(_ others: LiveLibraries) {
        for library in others.byGeneration.values where byGeneration[library.generation] == nil {
            arrive(library)
        }
    }

    // MARK: - Addresses

    /// Index of the first library that starts behind an address.
    private func firstIndex(after address: UInt64) -> Int {
        var low = 0
        var high = byAddress.count
        while low < high {
            let middle = (low + high) / 2
            if byAddress[middle].start <= address {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private mutating func removeAddress(of library: LiveLibrary) {
        let index = firstIndex(after: library.start) - 1
        if index >= 0, byAddress[index] == library { byAddress.remove(at: index) }
    }
}
