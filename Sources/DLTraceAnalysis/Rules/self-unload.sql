-- title: a dlclose unloaded its own caller
-- severity: error
-- subject: close_effect
--
-- What it means
--   A dlclose unloaded a library that was on its own calling stack. When the
--   call returns to it, its code is gone: the process crashes at an address
--   where no library is.
--
--   It happens when a library closes a handle that, by way of that library's
--   dependencies, is the last thing that keeps the caller itself in memory. A
--   keep-alive cycle: A opens B with dlopen, B needs A; once the program has
--   closed what needed A, only B holds A, and only A holds B.
--
-- How to tell it from a harmless case
--   There is none. A library that ends in a tail call to dlclose is not on the
--   stack and is not reported. A dlclose inside another dlclose's destructors
--   is carried out by the outer one, when the inner caller has returned: also
--   not reported.
--
-- Remedies
--   Break the cycle: close the inner handle in an explicit shutdown function
--   that runs while somebody else still holds the caller. RTLD_NODELETE, or
--   -Wl,-z,nodelete, on the caller: safe; it stays until exit. The caller can
--   open itself once (dlopen of its own path) and never close that handle: the
--   same.
WITH
found AS (
    SELECT
        close_effect.process_id,
        close_effect.close_seq,
        close_effect.library_id,
        gone.path,
        gone.name,
        closed.library_id AS closed_library_id,
        COALESCE(closed.name, 'a handle') AS closed_name,
        loader_call.thread,
        COALESCE(destructor_of_event.phase, loader_call.phase) AS phase,
        destructor_of_event.destructor_seq,
        destructor_function.label AS destructor,
        library_opener.open_process_id,
        library_opener.open_seq,
        (
            SELECT
                group_concat(library_need.library, ', ')
            FROM library_need
            JOIN close_effect AS together ON together.process_id = library_need.process_id
                AND together.library_id = library_need.library_id
            WHERE library_need.process_id = close_effect.process_id
                AND library_need.needed_library_id = close_effect.library_id
                AND together.close_seq = close_effect.close_seq
        ) AS keepers,
        (
            SELECT
                library_life.unloaded_by_seq
            FROM library_need
            JOIN library_life ON library_life.process_id = library_need.process_id
                AND library_life.library_id = library_need.library_id
            WHERE library_need.process_id = close_effect.process_id
                AND library_need.needed_library_id = close_effect.library_id
                AND library_life.unloaded_by_seq < close_effect.close_seq
                AND library_life.unloaded_by_kind = 'dlclose'
            ORDER BY library_life.unloaded_seq DESC
            LIMIT 1
        ) AS last_user_close_seq,
        (
            SELECT
                library_life.name
            FROM library_need
            JOIN library_life ON library_life.process_id = library_need.process_id
                AND library_life.library_id = library_need.library_id
            WHERE library_need.process_id = close_effect.process_id
                AND library_need.needed_library_id = close_effect.library_id
                AND library_life.unloaded_by_seq < close_effect.close_seq
                AND library_life.unloaded_by_kind = 'dlclose'
            ORDER BY library_life.unloaded_seq DESC
            LIMIT 1
        ) AS last_user
    FROM close_effect
    JOIN library_life AS gone ON gone.process_id = close_effect.process_id
        AND gone.library_id = close_effect.library_id
    JOIN loader_call ON loader_call.process_id = close_effect.process_id
        AND loader_call.seq = close_effect.close_seq
    LEFT JOIN library_life AS closed ON closed.process_id = loader_call.process_id
        AND closed.library_id = loader_call.library_id
    LEFT JOIN destructor_of_event ON destructor_of_event.process_id = loader_call.process_id
        AND destructor_of_event.seq = loader_call.seq
    LEFT JOIN destructor_function ON destructor_function.process_id = loader_call.process_id
        AND destructor_function.seq = destructor_of_event.destructor_seq
    LEFT JOIN library_opener ON library_opener.process_id = loader_call.process_id
        AND library_opener.library_id = loader_call.library_id
    WHERE close_effect.is_deferred = 0
        AND (
            loader_call.parent_seq IS NOT NULL
            OR EXISTS (
                SELECT
                    1
                FROM stack_frame
                CROSS JOIN frame ON frame.id = stack_frame.frame_id
                WHERE stack_frame.stack_id = loader_call.stack_id
                    AND frame.library_id = close_effect.library_id
            )
        )
        AND EXISTS (
            SELECT
                1
            FROM event_frame
            WHERE event_frame.process_id = close_effect.process_id
                AND event_frame.seq = close_effect.close_seq
                AND event_frame.library_id = close_effect.library_id
        )
)
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    CASE
        WHEN library_id = closed_library_id
            THEN name || ' closes itself: the dlclose of thread ' || thread || ' that it called'
        ELSE 'the dlclose on ' || closed_name || ' that ' || name || ' called in thread ' || thread
    END
        || COALESCE(', from ' || destructor, '')
        || ' (phase ' || COALESCE(phase, 'none') || ')'
        || ', unloaded ' || name || ' itself: the call returns into code that is gone' AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            CASE
                WHEN library_id = closed_library_id
                    THEN 'it was the last reference: the handle that ' || name || ' closed is its own'
                WHEN keepers IS NOT NULL
                    THEN 'it was the last reference: only ' || keepers || ' needed ' || name
                        || ' any more, and went with this dlclose'
                ELSE 'it was the last reference: nothing else held ' || name
            END,
            last_user || ', which held it before, was unloaded by the dlclose of event '
                || last_user_close_seq
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'close', 'event', close_seq),
            CASE
                WHEN destructor_seq IS NOT NULL
                    THEN json_object('role', 'destructor', 'event', destructor_seq)
            END,
            CASE
                WHEN last_user_close_seq IS NOT NULL
                    THEN json_object('role', 'close', 'event', last_user_close_seq)
            END,
            CASE
                WHEN open_seq IS NOT NULL
                    THEN json_object(
                        'role', 'open', 'event', open_seq, 'process', open_process_id)
            END
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    CASE
        WHEN library_id = closed_library_id THEN json_array(
            'The fix: let the code that opened ' || name || ' close it, after the last call into it has'
                || ' returned.',
            'Safe: open ' || name || ' with RTLD_NODELETE, or link it with -Wl,-z,nodelete; it stays until'
                || ' exit.'
        )
        ELSE json_array(
            'The fix: break the cycle. Close ' || closed_name || ' in an explicit shutdown function of '
                || name || ' that runs while its user still holds ' || name || '.',
            'Safe: link ' || name || ' with -Wl,-z,nodelete, or have it opened with RTLD_NODELETE; it stays'
                || ' until exit.',
            'Safe, but ' || closed_name || ' can never be loaded anew: leak the handle.'
        )
    END AS remedies
FROM found;
