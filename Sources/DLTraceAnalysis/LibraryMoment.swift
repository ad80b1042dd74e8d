// SPDX-License-Identifier: Apache-2.0

/// Something that happened to a load of a library, once or several times alike.
package struct LibraryMoment: Sendable, Equatable {
    /// What happened.
    package enum What: Sendable, Equatable {
        /// A dlopen gave a handle of it.
        case opened(flags: String?, caller: String?, closedBy: Int64?)
        /// A dlopen of another library brought it along.
        case broughtAlong(by: String?, caller: String?)
        /// It was mapped.
        case loaded(atStart: Bool)
        /// Another library needs it, until that is unloaded.
        case needed(by: String, until: Int64?)
        /// A dlclose gave a handle back; `isDeferred`: the dlclose around it unloaded the library.
        case closed(caller: String?, unloadedIt: Bool, isDeferred: Bool)
        /// Its destructors ran.
        case finalized(phase: String?, by: Int64?, byKind: String?)
        /// It was unmapped.
        case unloaded(by: Int64?, byKind: String?)
        /// Something went on referring to it.
        case left(type: String, label: String, number: Int64?, holder: String?, atExit: Bool)
    }

    /// What happened.
    package let what: What
    /// The process whose event it is.
    package let process: Int64
    /// The event; of several the first.
    package let event: Int64
    /// Since the process started that is asked about; negative before a fork.
    package let sinceStartNs: Int64?
    /// How often it happened alike.
    package let count: Int
    /// The last of these events.
    package let lastEvent: Int64
    /// The event with its stack, where it has one.
    package let evidence: Evidence?
}
