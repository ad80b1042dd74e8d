// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The system's clocks, in ns.
enum Clock {
    /// CLOCK_MONOTONIC.
    static func now() -> UInt64 {
        UInt64(bitPattern: read(CLOCK_MONOTONIC))
    }

    /// Time since 1970.
    static func unix() -> Int64 {
        read(CLOCK_REALTIME)
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
