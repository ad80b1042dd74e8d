// SPDX-License-Identifier: Apache-2.0

extension Record {
    /// Begins a dlopen(3) or dlmopen(3): `struct dlt_wire_dlopen`.
    package struct Open: Hashable, Sendable {
        /// What was asked for; nil: the null pointer.
        package var name: WireText?
        /// RTLD_* as given.
        package var flags: UInt32
        /// As given to dlmopen: LM_ID_NEWLM is -1; 0 for dlopen.
        package var namespace: Int64
        /// Who called.
        package var stack: WireStack

        /// A body of these values.
        package init(
            name: WireText?, flags: UInt32, namespace: Int64 = 0, stack: WireStack = WireStack()
        ) {
            self.name = name
            self.flags = flags
            self.namespace = namespace
            self.stack = stack
        }
    }
}
