// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// The first record of a stream: `struct dlt_wire_hello`.
    package struct Hello: Hashable, Sendable {
        /// CLOCK_REALTIME, taken together with the header's time.
        package var realtimeNs: UInt64
        /// A forked child: its parent's stream; 0: the start of a program.
        package var parentStream: UInt64
        /// Last seq that the parent had given out at the fork.
        package var parentSeq: UInt64
        /// getppid(2).
        package var ppid: UInt32
        /// DLT_WIRE_HELLO_* of dltrace_wire.h.
        package var flags: UInt32
        /// Target of /proc/self/exe.
        package var executable: WireText
        /// The program's arguments, its name first.
        package var arguments: [WireText]
        /// Version of libdltrace.so.
        package var interposerVersion: WireText

        /// A body of these values.
        package init(
            realtimeNs: UInt64 = 0, parentStream: UInt64 = 0, parentSeq: UInt64 = 0,
            ppid: UInt32 = 0, flags: UInt32 = 0, executable: WireText = "",
            arguments: [WireText] = [], interposerVersion: WireText = ""
        ) {
            self.realtimeNs = realtimeNs
            self.parentStream = parentStream
            self.parentSeq = parentSeq
            self.ppid = ppid
            self.flags = flags
            self.executable = executable
            self.arguments = arguments
            self.interposerVersion = interposerVersion
        }
    }
}
