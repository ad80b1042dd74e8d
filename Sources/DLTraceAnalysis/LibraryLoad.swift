// SPDX-License-Identifier: Apache-2.0

/// One load of a library in a process, from its first open to its unload and what it left behind.
package struct LibraryLoad: Sendable, Equatable {
    /// Why it stayed.
    package struct Reason: Sendable, Equatable {
        /// In words.
        package let reason: String
        /// What can be done about it.
        package let remedy: String?
    }

    /// Of the loads of this file in this process, from 1.
    package let number: Int
    /// The library.
    package let library: PlacedLibrary
    /// What happened to it, in that order.
    package let moments: [LibraryMoment]
    /// How many of its opens and closes there are; more than are among the moments of a very busy one.
    package let calls: Int
    /// Why it outlived its last dlclose, or stayed until the end.
    package let stays: [Reason]
}
