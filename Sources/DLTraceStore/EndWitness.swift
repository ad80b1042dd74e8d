// SPDX-License-Identifier: Apache-2.0

/// Who says that a process image ended: `process_end.witness` of schema.sql.
package enum EndWitness: String, Sendable, CaseIterable {
    /// The process itself, in its last record.
    case bye
    /// wait(2).
    case wait
    /// The process is gone.
    case gone
    /// Its pid runs another program now.
    case exec
}
