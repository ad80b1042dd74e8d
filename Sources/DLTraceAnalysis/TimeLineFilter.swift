// SPDX-License-Identifier: Apache-2.0

/// Which events a time line shows.
package struct TimeLineFilter: Sendable, Equatable {
    /// The kinds, as in the database; empty for all.
    package var kinds: [String]
    /// A part of the library's path, or of the name asked for.
    package var library: String?
    /// The thread.
    package var thread: Int64?
    /// How many at most, over all processes.
    package var limit: Int?

    /// The kinds there are.
    package static let allKinds = [
        "hello", "bye", "lost", "present", "load", "unload", "dlopen", "dlmopen", "dlclose", "init",
        "fini", "fini_function", "exit_handler", "thread_destructor", "fork_handler", "exit",
        "fault", "fork", "tls_key_create", "tls_key_delete", "signal_handler", "cxa_atexit",
        "on_exit", "putenv", "atfork", "thread_local", "thread", "thread_start", "left", "dlsym",
        "dlvsym", "dlinfo", "stayed", "unknown",
    ]

    /// A filter that lets everything through but for what is set.
    package init(
        kinds: [String] = [], library: String? = nil, thread: Int64? = nil, limit: Int? = nil
    ) {
        self.kinds = kinds
        self.library = library
        self.thread = thread
        self.limit = limit
    }
}
