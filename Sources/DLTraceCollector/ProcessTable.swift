// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel knows of running processes.
enum ProcessTable {
    /// When a process started, in clock ticks since boot: with its number, a name that is not used twice.
    ///
    /// - Returns: nil where there is no such process, or only its zombie.
    static func startTime(of pid: pid_t) -> UInt64? {
        guard let fields = fields(of: pid), fields.count > 19, let state = fields[0].first else {
            return nil
        }
        // A process whose first thread has ended looks like a zombie while other threads run.
        let isEnded = state == UInt8(ascii: "X") || state == UInt8(ascii: "Z")
        if isEnded, FolderList.names(in: "/proc/\(pid)/task").count < 2 { return nil }
        return UInt64(String(decoding: fields[19], as: UTF8.self))
    }

    /// Whether a process is stopped by a signal.
    static func isStopped(_ pid: pid_t) -> Bool {
        fields(of: pid)?.first?.first == UInt8(ascii: "T")
    }

    /// The fields of proc_pid_stat(5) from the third on, which is the state; the start time is the 22nd.
    private static func fields(of pid: pid_t) -> [ArraySlice<UInt8>]? {
        guard pid > 0, let stat = FileBytes.read("/proc/\(pid)/stat", upTo: 4096),
            // The second field is the program's name in parentheses, which may hold anything.
            let name = stat.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return stat[(name + 1)...].split(separator: UInt8(ascii: " "))
    }

    /// When a process started, as wall-clock time in seconds; nil where there is no such process.
    static func startSeconds(of pid: pid_t) -> Double? {
        guard let ticks = startTime(of: pid) else { return nil }
        var boot = timespec()
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &boot)
        clock_gettime(CLOCK_REALTIME, &now)
        let sinceBoot = Double(boot.tv_sec) + Double(boot.tv_nsec) / 1e9
        let wall = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
        return wall - sinceBoot + Double(ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
