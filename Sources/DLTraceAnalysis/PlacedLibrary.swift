// SPDX-License-Identifier: Apache-2.0

/// One load of a library in a process, with its life.
package struct PlacedLibrary: Sendable, Equatable {
    /// When and by which event something happened to it.
    package struct Moment: Sendable, Equatable {
        /// The event.
        package let event: Int64
        /// Since the process started; negative before a fork.
        package let sinceStartNs: Int64?
        /// The call, or exit, that it happened beneath; nil where none was seen.
        package let cause: Int64?
        /// The kind of that event.
        package let causeKind: String?
    }

    /// The process whose events tell of its finalization and unload.
    package let process: Int64
    /// Its row in table library.
    package let id: Int64
    /// The row of its file in table binary.
    package let binary: Int64
    /// Its full path.
    package let path: String
    /// Its DT_SONAME.
    package let soname: String?
    /// Its build id in hex, empty if it has none.
    package let buildID: String
    /// The number of this load in its process.
    package let generation: Int64
    /// What to add to an address in its file.
    package let base: UInt64
    /// Its lowest mapped address.
    package let start: UInt64
    /// The first address behind it.
    package let end: UInt64
    /// 0 is the program's own, see dlmopen(3).
    package let namespace: Int64
    /// Whether it was there before the program's own code ran.
    package let isAtStart: Bool
    /// The process that loaded it, if it was there from a fork on.
    package let inheritedFrom: Int64?
    /// Its load, in that process.
    package let loaded: Moment
    /// Its finalization: the event is its end.
    package let finalized: Moment?
    /// The phase in which its finalization began.
    package let finalizingPhase: String?
    /// Its unload.
    package let unloaded: Moment?

    /// What has become of it when an event happens; nil: at the end.
    package func state(at event: Int64?) -> FrameState {
        if let unloaded, unloaded.event < event ?? .max { return .unloaded }
        if let finalized, finalized.event < event ?? .max { return .finalized }
        return .mapped
    }
}
