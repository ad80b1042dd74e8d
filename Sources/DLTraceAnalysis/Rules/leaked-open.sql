-- title: a handle is never closed
-- severity: note
-- subject: handle_open
--
-- What it means
--   A dlopen succeeded, and when the process exited nobody had closed the
--   handle.
--
-- How to tell it from a harmless case
--   At exit it is ordinary: a library that is used until the end need not be
--   closed, and many that are never closed are safer for it. It matters in a
--   process that runs for long and opens again and again, or where a library
--   is expected to be unloaded (see unload-ineffective).
--
-- Remedies
--   None is needed at exit. Otherwise pair each successful dlopen with one
--   dlclose, also on error paths.
WITH
open_left AS MATERIALIZED (
    SELECT
        handle_open.process_id,
        library_life.path,
        library_life.name,
        handle_open.open_seq,
        handle_open.times,
        COALESCE(caller.name, 'unknown code') AS caller,
        ROW_NUMBER() OVER (
            PARTITION BY
                handle_open.process_id,
                library_life.path,
                handle_open.caller_library_id,
                handle_open.stack_id
            ORDER BY handle_open.open_seq
        ) AS number
    FROM handle_open
    JOIN library_life ON library_life.process_id = handle_open.process_id
        AND library_life.library_id = handle_open.library_id
    LEFT JOIN library_life AS caller ON caller.process_id = handle_open.process_id
        AND caller.library_id = handle_open.caller_library_id
    JOIN process_summary ON process_summary.process_id = handle_open.process_id
    WHERE handle_open.close_seq IS NULL
        AND handle_open.open_process_id = handle_open.process_id
        AND library_life.origin <> 'program'
        AND library_life.unloaded_seq IS NULL
        AND process_summary.ending = 'exited'
),
by_caller AS (
    SELECT
        process_id,
        path,
        name,
        caller,
        SUM(times) AS opens
    FROM open_left
    GROUP BY
        process_id,
        path,
        caller
)
SELECT
    by_caller.process_id,
    by_caller.path AS library,
    'note' AS severity,
    by_caller.name || ' was opened and not closed before the process exited: '
        || group_concat(
            CASE by_caller.opens
                WHEN 1 THEN 'once'
                ELSE by_caller.opens || ' times'
            END || ' by ' || by_caller.caller,
            ', '
        ) AS message,
    (
        SELECT
            json_group_array(json_object('role', 'open', 'event', shown.open_seq))
        FROM (
            SELECT
                open_left.open_seq
            FROM open_left
            WHERE open_left.process_id = by_caller.process_id
                AND open_left.path = by_caller.path
                AND open_left.number = 1
            ORDER BY open_left.open_seq
            LIMIT 8
        ) AS shown
    ) AS evidence,
    json_array() AS remedies,
    1 AS is_brief
FROM by_caller
GROUP BY
    by_caller.process_id,
    by_caller.path;
