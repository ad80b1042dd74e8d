// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How large a part of a busy processor the calling thread gets.
enum ThreadPriority {
    /// Of two threads that both want a processor, the other one then gets three quarters.
    private static let courtesy: Int32 = 5
    private static let kind = Int32(PRIO_PROCESS.rawValue)

    /// The calling thread's nice value.
    static var current: Int32 { getpriority(kind, 0) }

    /// Lets the traced programs go first.
    ///
    /// What they write waits in their spill files; only their own speed is theirs to notice. On Linux a
    /// nice value is a thread's: the rest of this process, and the programs that it starts, keep theirs
    /// (setpriority(2)).
    static func yieldToPrograms() {
        _ = setpriority(kind, 0, current + courtesy)
    }
}
