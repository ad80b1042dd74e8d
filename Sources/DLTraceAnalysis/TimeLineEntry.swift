// SPDX-License-Identifier: Apache-2.0

/// One event of the time line, with its outcome.
package struct TimeLineEntry: Sendable, Equatable {
    /// dltrace's number of the process.
    package let process: Int64
    /// Its pid.
    package let pid: Int64
    /// The event's number in the process.
    package let event: Int64
    /// CLOCK_MONOTONIC.
    package let timeNs: Int64
    /// Since its process started.
    package let sinceStartNs: Int64?
    /// The thread it happened in.
    package let thread: Int64
    /// As in the database.
    package let kind: String
    /// The phase it happened in.
    package let phase: String?
    /// The event that it happened beneath.
    package let parent: Int64?
    /// How many events it happened beneath.
    package let depth: Int
    /// The library it is about.
    package let library: EventLibrary?
    /// What was asked for: the library of a dlopen, the symbol of a dlsym; or a variable's name.
    package let name: String?
    /// How: the flags of dlopen in words.
    package let flags: String?
    /// Of a function or string: its address. Of a dlclose or dlsym: the handle. Of a fault: the address touched.
    package let address: Int64?
    /// Flags, status, signal, key or thread.
    package let value: Int64?
    /// A second number.
    package let detail: Int64?
    /// Of a function or variable: its name.
    package let symbol: String?
    /// Where that is in the source.
    package let file: String?
    /// The line in it.
    package let line: Int64?
    /// The event with which it ended.
    package let ended: Int64?
    /// How long it took.
    package let durationNs: Int64?
    /// Of a dlopen: the handle. Of a dlclose: what it returned.
    package let result: Int64?
    /// dlerror's text.
    package let error: String?
    /// What refers to a library that goes, and since when.
    package let left: LeftReference?
    /// The path of another library, that holds this one: by a binding or a pointer.
    package let holder: String?
}
