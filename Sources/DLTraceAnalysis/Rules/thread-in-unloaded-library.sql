-- title: a thread's code was unloaded
-- severity: error
-- subject: dangling_reference
--
-- What it means
--   A library was unloaded while a thread was alive whose start routine lies in
--   it, or on whose stack it is. The thread crashes when it runs on, or when
--   the call that it waits in returns: at an address where no library is.
--
-- How to tell it from a harmless case
--   There is none, unless the thread never wakes up again. A thread that had
--   ended before the dlclose is not reported, joined or not.
--
-- Remedies
--   - Tell the thread to end and pthread_join it (std::thread::join) before
--     dlclose. Detached threads can't be waited for: do not detach those that
--     run a plugin's code.
--   - Let the thread hold a handle of the library, and have code outside of
--     the library close it when the thread has ended.
--   - RTLD_NODELETE, or -Wl,-z,nodelete: safe; it stays until exit.
WITH
thread_left AS (
    SELECT
        dangling_reference.*,
        COALESCE(thread_life.label, '') AS routine,
        thread_life.creator,
        COUNT(*) OVER (
            PARTITION BY
                dangling_reference.process_id,
                dangling_reference.library_id,
                dangling_reference.number
        ) > 1
            OR dangling_reference.type = 'thread_stack' AS is_on_stack,
        ROW_NUMBER() OVER (
            PARTITION BY
                dangling_reference.process_id,
                dangling_reference.library_id,
                dangling_reference.number
            ORDER BY
                dangling_reference.type = 'thread_stack' DESC,
                dangling_reference.seq
        ) AS row_of_thread
    FROM dangling_reference
    LEFT JOIN thread_life ON thread_life.process_id = dangling_reference.registered_process_id
        AND thread_life.create_seq = dangling_reference.registered_seq
    WHERE dangling_reference.type IN ('thread', 'thread_stack')
),
by_routine AS (
    SELECT
        thread_left.*,
        COUNT(*) OVER same AS threads,
        ROW_NUMBER() OVER (same ORDER BY thread_left.seq) AS thread_number
    FROM thread_left
    WHERE thread_left.row_of_thread = 1
    WINDOW same AS (
        PARTITION BY
            thread_left.process_id,
            thread_left.path,
            thread_left.routine
    )
)
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    name || ' was unloaded while thread ' || number
        || CASE
            WHEN threads > 1 THEN ' and ' || (threads - 1) || ' more of its kind'
            ELSE ''
        END
        || COALESCE(', started at ' || NULLIF(routine, '') || ',', '')
        || CASE
            WHEN is_on_stack THEN ' was inside of it'
            ELSE ' had its start routine in it'
        END
        || ': when the thread runs on, it runs code that is gone' AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            CASE
                WHEN by_routine.type = 'thread_stack'
                    THEN 'it will return to ' || by_routine.label
            END,
            'thread ' || by_routine.creator || ' created it',
            by_routine.unloaded,
            by_routine.opened
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    evidence,
    json_array(
        'The fix: before the dlclose, tell the thread to end and wait for it with '
            || CASE
                WHEN is_cpp THEN 'std::thread::join (or pthread_join)'
                ELSE 'pthread_join'
            END
            || ', in a shutdown function of ' || name || '; a destructor of ' || name
            || ' is late for it, and a detached thread can''t be waited for.',
        keep_remedy
    ) AS remedies
FROM by_routine
WHERE thread_number = 1;
