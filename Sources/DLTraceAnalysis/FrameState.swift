// SPDX-License-Identifier: Apache-2.0

/// What had become of the library at an address when an event happened.
package enum FrameState: String, Sendable {
    /// In memory, and not finalized.
    case mapped
    /// In memory, but its destructors have run.
    case finalized
    /// No longer in memory.
    case unloaded
}
