// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// A signal that will end the process: `struct dlt_wire_fault`.
    package struct Fault: Hashable, Sendable {
        /// signal(7).
        package var signal: Int32
        /// si_code, sigaction(2).
        package var code: Int32
        /// si_addr; for a signal that was sent (code <= 0): the sender's pid.
        package var address: UInt64
        /// Program counter of the interrupted thread.
        package var pc: UInt64
        /// Its stack pointer.
        package var sp: UInt64
        /// Its stack.
        package var stack: WireStack

        /// A body of these values.
        package init(
            signal: Int32, code: Int32 = 0, address: UInt64 = 0, pc: UInt64 = 0, sp: UInt64 = 0,
            stack: WireStack = WireStack()
        ) {
            self.signal = signal
            self.code = code
            self.address = address
            self.pc = pc
            self.sp = sp
            self.stack = stack
        }
    }
}
