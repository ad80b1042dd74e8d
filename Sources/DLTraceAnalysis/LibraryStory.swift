// SPDX-License-Identifier: Apache-2.0

/// The life of a library in a process: all its loads, or the newest of them.
package struct LibraryStory: Sendable, Equatable {
    /// The process.
    package let process: ProcessImage
    /// The library's full path.
    package let path: String
    /// Its loads, the oldest first.
    package let loads: [LibraryLoad]
    /// How many earlier loads are left out.
    package let earlierLoads: Int
}
