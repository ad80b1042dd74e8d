-- title: the last dlclose left the library loaded
-- severity: note
-- subject: library_kept
--
-- What it means
--   dlclose returned 0, and it was the last dlclose of this handle, but the
--   library stayed in memory. That is often right; the note says why it
--   stayed, for those who expected it to go (a plugin that is to be loaded
--   anew from a changed file, for example, is not read again while it stays).
--
--   Reasons that dltrace can tell from the trace: opens that nobody closed
--   (whose, with their stacks); the NODELETE flag, in the file or given by an
--   open; a unique symbol (STB_GNU_UNIQUE: C++ templates' static data and
--   inline variables), after whose use glibc never unloads the library;
--   thread_local destructors that had still to run, in which threads, and what
--   registered them; another library that needs it, and who opened that; one
--   that does not need it but is bound to a symbol of it; that it was there
--   from the start on. A dlclose in the loader's own pass at exit, in which
--   nothing is ever unloaded, is not reported here.
--
-- How to tell it from a harmless case
--   It does no harm by itself.
--
-- Remedies
--   Depends on the reason: close the opens that are left; drop NODELETE;
--   compile the library with -fno-gnu-unique; end the threads that used it;
--   close the libraries that need it.
WITH
kept AS MATERIALIZED (
    SELECT
        library_kept.process_id,
        library_kept.close_seq AS seq,
        library_kept.library_id,
        library_kept.unloaded_seq,
        library_life.path,
        library_life.name
    FROM library_kept
    JOIN library_life ON library_life.process_id = library_kept.process_id
        AND library_life.library_id = library_kept.library_id
    WHERE library_kept.close_seq IS NOT NULL
        AND COALESCE(library_kept.close_phase, '') <> 'exit-fini'
),
open_left AS MATERIALIZED (
    SELECT
        kept.process_id,
        kept.library_id,
        handle_open.open_process_id,
        handle_open.open_seq,
        ROW_NUMBER() OVER (
            PARTITION BY
                kept.process_id,
                kept.library_id,
                handle_open.stack_id
            ORDER BY handle_open.open_seq
        ) AS number
    FROM kept
    JOIN handle_open ON handle_open.process_id = kept.process_id
        AND handle_open.library_id = kept.library_id
    WHERE (handle_open.open_process_id <> kept.process_id OR handle_open.open_seq < kept.seq)
        AND (
            handle_open.close_seq IS NULL
            OR (handle_open.close_process_id = kept.process_id AND handle_open.close_seq > kept.seq)
        )
),
nodelete_open AS MATERIALIZED (
    SELECT
        kept.process_id,
        kept.library_id,
        handle_open.open_process_id,
        MIN(handle_open.open_seq) AS open_seq
    FROM kept
    JOIN handle_open ON handle_open.process_id = kept.process_id
        AND handle_open.library_id = kept.library_id
    WHERE (handle_open.open_flags & 4096) <> 0
        AND (handle_open.open_process_id <> kept.process_id OR handle_open.open_seq < kept.seq)
    GROUP BY
        kept.process_id,
        kept.library_id
),
-- Who else has a hand in it: whatever needs it was opened, and the threads made their objects.
hand AS MATERIALIZED (
    SELECT
        kept.process_id,
        kept.library_id,
        library_owner.open_evidence AS evidence,
        ROW_NUMBER() OVER (
            PARTITION BY
                kept.process_id,
                kept.library_id
            ORDER BY library_owner.open_seq
        ) AS number
    FROM kept
    JOIN library ON library.id = kept.library_id
    JOIN library_need ON library_need.process_id = kept.process_id
        AND library_need.needed_library_id = kept.library_id
    JOIN library_owner ON library_owner.process_id = kept.process_id
        AND library_owner.library_id = library_need.library_id
    WHERE NOT library.at_start
        AND library_need.since_seq < kept.seq
        AND (library_need.unloaded_seq IS NULL OR library_need.unloaded_seq > kept.seq)
        AND library_owner.open_evidence IS NOT NULL
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        json_object('role', 'register', 'event', made.seq),
        ROW_NUMBER() OVER (
            PARTITION BY
                kept.process_id,
                kept.library_id
            ORDER BY made.seq
        )
    FROM kept
    CROSS JOIN event AS made ON made.library_id = kept.library_id
        AND made.process_id = kept.process_id
    WHERE made.kind = 'thread_local'
        AND made.seq < kept.seq
        AND NOT EXISTS (
            SELECT
                1
            FROM event AS run
            WHERE run.process_id = made.process_id
                AND run.seq BETWEEN made.seq AND kept.seq
                AND run.kind = 'thread_destructor'
                AND run.thread = made.thread
                AND run.library_id = made.library_id
        )
),
answer AS (
    SELECT
        ordered.process_id,
        ordered.library_id,
        group_concat(ordered.reason, '; ') AS reasons,
        json_group_array(ordered.remedy) FILTER (WHERE ordered.remedy IS NOT NULL) AS remedies
    FROM (
        SELECT
            stay_reason.process_id,
            stay_reason.library_id,
            stay_reason.reason,
            stay_reason.remedy
        FROM kept
        JOIN stay_reason ON stay_reason.process_id = kept.process_id
            AND stay_reason.library_id = kept.library_id
        ORDER BY
            stay_reason.process_id,
            stay_reason.library_id,
            stay_reason.rank
    ) AS ordered
    GROUP BY
        ordered.process_id,
        ordered.library_id
)
SELECT
    kept.process_id,
    kept.path AS library,
    'note' AS severity,
    'the last dlclose of ' || kept.name || ' left it loaded: '
        || COALESCE(answer.reasons, 'the trace does not show why') AS message,
    json_array(
        CASE
            WHEN kept.unloaded_seq IS NOT NULL
                THEN 'it was unloaded later (event ' || kept.unloaded_seq || ')'
            ELSE 'it stayed until the end'
        END
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM (
            SELECT
                json_object('role', 'close', 'event', kept.seq) AS value
            UNION ALL
            SELECT
                json_object(
                    'role', 'open', 'event', open_left.open_seq, 'process', open_left.open_process_id)
            FROM open_left
            WHERE open_left.process_id = kept.process_id
                AND open_left.library_id = kept.library_id
                AND open_left.number = 1
            UNION
            SELECT
                json_object(
                    'role', 'open', 'event', nodelete_open.open_seq,
                    'process', nodelete_open.open_process_id)
            FROM nodelete_open
            WHERE nodelete_open.process_id = kept.process_id
                AND nodelete_open.library_id = kept.library_id
            UNION
            SELECT
                hand.evidence
            FROM hand
            WHERE hand.process_id = kept.process_id
                AND hand.library_id = kept.library_id
                AND hand.number <= 8
        ) AS item
    ) AS evidence,
    COALESCE(answer.remedies, json_array()) AS remedies
FROM kept
LEFT JOIN answer ON answer.process_id = kept.process_id
    AND answer.library_id = kept.library_id;
