-- title: the last dlclose left the library loaded
-- severity: note
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
--   inline variables), after whose use glibc never unloads the library; a
--   thread_local destructor that had still to run; another library that needs
--   it; that it was there from the start on. A dlclose in the loader's own
--   pass at exit, in which nothing is ever unloaded, is not reported here.
--
-- How to tell it from a harmless case
--   It does no harm by itself.
--
-- Remedies
--   Depends on the reason: close the opens that are left; drop NODELETE;
--   compile the library with -fno-gnu-unique; end the threads that used it;
--   close the libraries that need it.
WITH
last_close AS MATERIALIZED (
    SELECT
        loader_call.process_id,
        loader_call.library_id,
        MAX(loader_call.seq) AS seq
    FROM loader_call
    WHERE loader_call.kind = 'dlclose'
        AND loader_call.is_ok
        AND loader_call.library_id IS NOT NULL
    GROUP BY
        loader_call.process_id,
        loader_call.library_id
),
kept AS MATERIALIZED (
    SELECT
        last_close.process_id,
        last_close.seq,
        library_life.library_id,
        library_life.path,
        library_life.name,
        library_life.flags_1,
        library_life.has_unique,
        library_life.has_tls,
        library_life.at_start,
        library_life.unloaded_seq,
        library_life.unloaded_by_seq
    FROM last_close
    JOIN library_life ON library_life.process_id = last_close.process_id
        AND library_life.library_id = last_close.library_id
    JOIN event ON event.process_id = last_close.process_id
        AND event.seq = last_close.seq
    WHERE library_life.origin = 'file'
        AND COALESCE(event.phase, '') <> 'exit-fini'
        AND (
            library_life.unloaded_seq IS NULL
            OR library_life.unloaded_by_seq > last_close.seq
        )
),
open_left AS MATERIALIZED (
    SELECT
        kept.process_id,
        kept.library_id,
        handle_open.open_process_id,
        handle_open.open_seq,
        handle_open.caller_library_id,
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
reason AS (
    SELECT
        open_left.process_id,
        open_left.library_id,
        1 AS rank,
        COUNT(*) || CASE
            WHEN COUNT(*) = 1 THEN ' open of it is'
            ELSE ' opens of it are'
        END || ' not closed, by ' || group_concat(DISTINCT COALESCE(caller.name, 'unknown code'))
            AS reason,
        'Close every handle of it: each successful dlopen needs a dlclose of its own.' AS remedy
    FROM open_left
    LEFT JOIN library_life AS caller ON caller.process_id = open_left.process_id
        AND caller.library_id = open_left.caller_library_id
    GROUP BY
        open_left.process_id,
        open_left.library_id
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        2,
        'it is linked with -z nodelete (DF_1_NODELETE)',
        'Link it without -Wl,-z,nodelete if it is to go.'
    FROM kept
    WHERE (kept.flags_1 & 8) <> 0
    UNION ALL
    SELECT
        nodelete_open.process_id,
        nodelete_open.library_id,
        3,
        'it was opened with RTLD_NODELETE (event ' || nodelete_open.open_seq || ')',
        'Open it without RTLD_NODELETE if it is to go.'
    FROM nodelete_open
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        4,
        'it defines a unique symbol (STB_GNU_UNIQUE), which pins it once it is bound',
        'Compile it with -fno-gnu-unique if it is to go.'
    FROM kept
    WHERE kept.has_unique
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        5,
        'a thread_local destructor of it had still to run (event ' || MIN(event.seq) || ')',
        'End the threads that used it before it is closed.'
    FROM kept
    JOIN event ON event.process_id = kept.process_id
        AND event.kind = 'thread_destructor'
        AND event.library_id = kept.library_id
        AND event.seq > kept.seq
        AND event.detail = 6
    GROUP BY
        kept.process_id,
        kept.library_id
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        6,
        group_concat(DISTINCT library_need.library)
            || CASE
                WHEN COUNT(DISTINCT library_need.library) = 1 THEN ' needs it'
                ELSE ' need it'
            END,
        'Close what needs it first.'
    FROM kept
    JOIN library_need ON library_need.process_id = kept.process_id
        AND library_need.needed_library_id = kept.library_id
    WHERE library_need.since_seq < kept.seq
        AND (
            library_need.unloaded_seq IS NULL
            OR library_need.unloaded_seq > kept.seq
        )
    GROUP BY
        kept.process_id,
        kept.library_id
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        7,
        'it was there when the program started',
        NULL
    FROM kept
    WHERE kept.at_start
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        8,
        'it was left to the dlclose around it (event ' || outer_close.seq || '), which never returned',
        NULL
    FROM kept
    JOIN enclosing_event ON enclosing_event.process_id = kept.process_id
        AND enclosing_event.seq = kept.seq
        AND enclosing_event.kind = 'dlclose'
    JOIN loader_call AS outer_close ON outer_close.process_id = kept.process_id
        AND outer_close.seq = enclosing_event.enclosing_seq
        AND outer_close.end_seq IS NULL
),
answer AS (
    SELECT
        ordered.process_id,
        ordered.library_id,
        group_concat(ordered.reason, '; ') AS reasons,
        json_group_array(ordered.remedy) FILTER (WHERE ordered.remedy IS NOT NULL) AS remedies
    FROM (
        SELECT
            reason.process_id,
            reason.library_id,
            reason.reason,
            reason.remedy
        FROM reason
        ORDER BY
            reason.process_id,
            reason.library_id,
            reason.rank
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
        ) AS item
    ) AS evidence,
    COALESCE(answer.remedies, json_array()) AS remedies
FROM kept
LEFT JOIN answer ON answer.process_id = kept.process_id
    AND answer.library_id = kept.library_id;
