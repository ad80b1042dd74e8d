// SPDX-License-Identifier: Apache-2.0

/// An event that shows what a finding says, and the part that it plays.
package struct Evidence: Sendable, Equatable {
    /// use, close, open, create, install, register, destructor or fault.
    package let role: String
    /// The process it happened in: the finding's, or one it was forked from.
    package let process: Int64
    /// Its number in that process.
    package let event: Int64
    /// Its kind, as in the database.
    package let kind: String
    /// The thread it happened in.
    package let thread: Int64
    /// The phase it happened in.
    package let phase: String?
    /// Nanoseconds since its process started.
    package let sinceStartNs: Int64?
    /// The full path of the library it is about.
    package let library: String?
    /// Of a destructor, handler or thread: its function. Of a dlopen or dlsym: the name that was asked for. Of a
    /// putenv: the variable.
    package let subject: String?
    /// Its full stack, innermost first, with that of the events around it.
    package let stack: [Frame]
}
