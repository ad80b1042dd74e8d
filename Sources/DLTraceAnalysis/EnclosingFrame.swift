// SPDX-License-Identifier: Apache-2.0

import GRDB

/// A frame on the stack of an event, or of one of those that it is nested in.
struct EnclosingFrame {
    let address: Int64
    let isExact: Bool
    let library: Int64?

    /// The event ?2 of the process ?1 and those around it, for a WITH RECURSIVE.
    static let up = """
        up (seq, parent_seq, stack_id) AS (
            SELECT seq, parent_seq, stack_id
            FROM event
            WHERE process_id = ?1 AND seq = ?2
            UNION ALL
            SELECT above.seq, above.parent_seq, above.stack_id
            FROM up
            CROSS JOIN event AS above ON above.process_id = ?1
                AND above.seq = up.parent_seq
            WHERE up.parent_seq < up.seq
        )
        """

    /// All of an event and of those around it, each once.
    static func all(
        of event: Int64, in process: Int64, _ database: Database
    ) throws -> [EnclosingFrame] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    WITH RECURSIVE \(up)
                    SELECT DISTINCT frame.address, frame.is_exact, frame.library_id
                    FROM up
                    CROSS JOIN stack_frame ON stack_frame.stack_id = up.stack_id
                    CROSS JOIN frame ON frame.id = stack_frame.frame_id
                    """), arguments: [process, event]
        ).map { EnclosingFrame(address: $0[0], isExact: $0[1], library: $0[2]) }
    }
}
