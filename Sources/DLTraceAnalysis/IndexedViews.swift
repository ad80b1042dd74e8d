// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Makes views answer through the indexes of indexes.sql, for one connection that asks about few events.
enum IndexedViews {
    /// Puts a call_end in the place of the one in views.sql that finds the END of one call by index.
    ///
    /// The one in views.sql goes through all of them once, which is what a report needs, and does without
    /// indexes; SQLite would not choose rightly between the two.
    /// - Returns: whether the indexes are there; else nothing was done.
    static func install(in database: Database) throws -> Bool {
        guard try areThere(in: database) else { return false }
        try database.execute(
            sql: """
                DROP VIEW temp.call_end;
                CREATE TEMP VIEW call_end AS
                SELECT
                    event.process_id,
                    event.parent_seq AS seq,
                    event.seq AS end_seq,
                    event.time_ns AS end_time_ns,
                    event.address AS result,
                    event.library_id,
                    (SELECT text.value FROM text WHERE text.id = event.text_id) AS error
                FROM event INDEXED BY event_end
                WHERE event.kind = 'end'
                    AND event.parent_seq IS NOT NULL;
                """)
        return true
    }

    /// Whether the indexes are there.
    static func areThere(in database: Database) throws -> Bool {
        let count = try Int.fetchOne(
            database,
            sql: """
                SELECT COUNT(*)
                FROM main.sqlite_master
                WHERE name IN (
                    'event_library', 'event_end', 'event_kind', 'event_thread', 'event_text',
                    'event_thread_start'
                )
                """)
        return count == 6
    }
}
