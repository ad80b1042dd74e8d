// SPDX-License-Identifier: Apache-2.0

import DLTraceWire

extension WireText {
    /// Its bytes as the database has them: the same, but for a zero, which would end a text of SQLite.
    var stored: [UInt8] {
        guard bytes.contains(0) else { return bytes }
        return bytes.flatMap { $0 == 0 ? Array("\u{FFFD}".utf8) : [$0] }
    }
}
