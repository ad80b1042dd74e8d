-- title: destructors ran at exit under a live thread
-- severity: warning if it has destructors of its own, else note
-- subject: left_reference
--
-- What it means
--   At exit the loader finalized a library while a thread was alive whose
--   start routine lies in it, or on whose stack it is. The thread runs on
--   until the process is gone, and may use what the destructors have
--   destroyed. Nothing is unmapped at exit: a crash there is a use after
--   destruction, not a use after unload.
--
-- How to tell it from a harmless case
--   A note means that the library has no destructors but the compiler's own
--   stub, which destroys nothing. With a warning it depends on what the thread
--   does in the last milliseconds: one that sleeps until the end does no harm.
--
-- Remedies
--   - Tell the thread to end, and join it, before main returns or exit is
--     called.
--   - Leave what the thread uses alive: an object made with new that is never
--     deleted, in place of a static one.
--   - _exit (or quick_exit) in place of exit, if no destructor is needed.
WITH
at_exit AS (
    SELECT
        left_reference.process_id,
        left_reference.seq,
        left_reference.exit_seq,
        left_reference.library_id,
        left_reference.path,
        left_reference.name,
        left_reference.number,
        left_reference.stack_id,
        left_reference.registered_process_id,
        left_reference.registered_seq,
        thread_life.label AS routine,
        ROW_NUMBER() OVER (
            PARTITION BY
                left_reference.process_id,
                left_reference.library_id,
                left_reference.number
            ORDER BY
                left_reference.type = 'thread_stack' DESC,
                left_reference.seq
        ) AS row_of_thread
    FROM left_reference
    JOIN library ON library.id = left_reference.library_id
    LEFT JOIN thread_life ON thread_life.process_id = left_reference.registered_process_id
        AND thread_life.create_seq = left_reference.registered_seq
    WHERE left_reference.is_at_exit
        AND left_reference.type IN ('thread', 'thread_stack')
        -- Every thread begins in these, and they are in use to the very end.
        AND library.origin IN ('file', 'program')
        AND COALESCE(library.soname, '') NOT IN ('libc.so.6', 'libstdc++.so.6', 'libc++.so.1')
),
thread_left AS (
    SELECT
        at_exit.*,
        COUNT(*) OVER same AS threads,
        group_concat(at_exit.routine) OVER same AS routines,
        ROW_NUMBER() OVER (same ORDER BY at_exit.seq) AS thread_number
    FROM at_exit
    WHERE at_exit.row_of_thread = 1
    WINDOW same AS (
        PARTITION BY
            at_exit.process_id,
            at_exit.library_id
    )
),
found AS (
    SELECT
        thread_left.*,
        (
            SELECT
                destructor_function.label
            FROM destructor_function
            JOIN event AS called ON called.process_id = destructor_function.process_id
                AND called.seq = destructor_function.seq
            LEFT JOIN symbol ON symbol.binary_id = library.binary_id
                AND symbol.file_address = destructor_function.offset
                AND symbol.is_exact = 1
                AND symbol.inline_depth = 0
            WHERE destructor_function.process_id = thread_left.process_id
                AND destructor_function.seq > thread_left.exit_seq
                AND (
                    (
                        destructor_function.kind = 'exit_handler'
                        -- Its dso_handle: the function may be another library's.
                        AND called.value >= library.start_address
                        AND called.value < library.end_address
                    )
                    OR (
                        destructor_function.registered_with = 'DT_FINI_ARRAY'
                        AND destructor_function.library_id = thread_left.library_id
                        AND (
                            (
                                symbol.symbol_offset = 0
                                AND symbol.name <> '__do_global_dtors_aux'
                            )
                            -- Without names: the compiler's own stub is one, a second one is not.
                            OR EXISTS (
                                SELECT
                                    1
                                FROM event AS other
                                WHERE other.process_id = called.process_id
                                    AND other.seq > thread_left.exit_seq
                                    AND other.seq < called.seq
                                    AND other.kind = 'fini_function'
                                    AND other.detail = 1
                                    AND other.library_id = called.library_id
                            )
                        )
                    )
                )
            ORDER BY destructor_function.seq
            LIMIT 1
        ) AS destructor
    FROM thread_left
    JOIN library ON library.id = thread_left.library_id
    WHERE thread_left.thread_number = 1
)
SELECT
    found.process_id,
    found.path AS library,
    CASE
        WHEN found.destructor IS NULL THEN 'note'
        ELSE 'warning'
    END AS severity,
    'at exit ' || found.name || ' was finalized while '
        || CASE
            WHEN found.threads > 1 THEN found.threads || ' threads were'
            ELSE 'thread ' || found.number || ' was'
        END
        || ' alive in it'
        || CASE
            WHEN found.destructor IS NULL
                THEN '; it has no destructors of its own, so nothing was destroyed under the threads'
            ELSE ': what its destructors destroyed (' || found.destructor
                || '), the thread may still use'
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            'thread ' || found.number || ' was started at ' || found.routine,
            CASE
                WHEN EXISTS (
                    SELECT
                        1
                    FROM library_life
                    WHERE library_life.process_id = found.process_id
                        AND library_life.unloaded_seq > found.exit_seq
                ) THEN found.name || ' itself was not unmapped: at exit it stays until the process is gone'
                ELSE 'nothing was unmapped during this exit'
            END
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM (
            SELECT
                json_object(
                    'role', 'create', 'event', each_thread.registered_seq,
                    'process', each_thread.registered_process_id) AS value
            FROM thread_left AS each_thread
            WHERE each_thread.process_id = found.process_id
                AND each_thread.library_id = found.library_id
                AND each_thread.registered_seq IS NOT NULL
                AND each_thread.thread_number <= 8
            UNION ALL
            SELECT
                json_object('role', 'use', 'event', found.seq)
            WHERE found.stack_id IS NOT NULL
            UNION ALL
            SELECT
                json_object('role', 'destructor', 'event', library_life.fini_seq)
            FROM library_life
            WHERE library_life.process_id = found.process_id
                AND library_life.library_id = found.library_id
                AND library_life.fini_seq IS NOT NULL
        ) AS item
    ) AS evidence,
    CASE
        WHEN found.destructor IS NULL THEN json_array()
        ELSE json_array(
            'The fix: tell the threads of ' || found.name || ' to end and wait for them with '
                || CASE
                    WHEN library_owner.is_cpp THEN 'std::thread::join'
                    ELSE 'pthread_join'
                END || ', before main returns or exit is called.',
            'Safe: let what the threads use live on: allocate it once and never free it, in place of '
                || CASE
                    WHEN library_owner.is_cpp THEN 'a static object.'
                    ELSE 'freeing it in a destructor.'
                END,
            'Or end the process with _exit, if nothing has to be destroyed or flushed.'
        )
    END AS remedies
FROM found
LEFT JOIN library_owner ON library_owner.process_id = found.process_id
    AND library_owner.library_id = found.library_id;
