-- title: a handle was used after it had been closed for good
-- severity: error
-- subject: stale_use
--
-- What it means
--   dlclose, dlsym, dlvsym or dlinfo was given a handle that had been closed as
--   often as it was opened. A handle is the address of a record in the loader.
--   It may have been freed: then the call reads freed memory. Or it may be the
--   handle of another library by now: then the call looks into that library,
--   or closes it under its users' feet. Where the library is still there for
--   another reason, dlclose fails with "shared object not open".
--
-- How to tell it from a harmless case
--   There is none: that the call did nothing bad in this run is luck.
--
-- Remedies
--   Set the variable that holds the handle to NULL where it is closed, and give
--   the handle one owner. In C++ a std::unique_ptr or std::shared_ptr whose
--   deleter calls dlclose. Two owners each need a dlopen of their own.
WITH
stale AS (
    SELECT
        stale_use.*,
        event.thread,
        call_end.error,
        call_end.end_seq,
        closed.stack_id = event.stack_id AS is_same_place,
        COUNT(*) OVER same AS times,
        ROW_NUMBER() OVER (same ORDER BY stale_use.seq) AS number
    FROM stale_use
    JOIN event ON event.process_id = stale_use.process_id
        AND event.seq = stale_use.seq
    LEFT JOIN call_end ON call_end.process_id = stale_use.process_id
        AND call_end.seq = stale_use.seq
    LEFT JOIN event AS closed ON closed.process_id = stale_use.close_process_id
        AND closed.seq = stale_use.close_seq
    WINDOW same AS (
        PARTITION BY
            stale_use.process_id,
            stale_use.kind,
            stale_use.path,
            event.stack_id
    )
),
found AS (
    SELECT
        stale.process_id,
        stale.seq,
        stale.kind,
        stale.path,
        COALESCE(stale.name, printf('%#x', stale.handle)) AS name,
        stale.symbol_name,
        stale.thread,
        stale.error,
        stale.end_seq,
        stale.is_same_place,
        stale.times,
        stale.close_process_id,
        stale.close_seq,
        stale.open_process_id,
        stale.open_seq,
        life.unloaded_seq < stale.seq AS is_gone,
        library_owner.is_cpp
    FROM stale
    LEFT JOIN library_life AS life ON life.process_id = stale.process_id
        AND life.library_id = stale.library_id
    LEFT JOIN library_owner ON library_owner.process_id = stale.process_id
        AND library_owner.library_id = stale.library_id
    WHERE stale.number = 1
)
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    'thread ' || thread || CASE
            WHEN kind = 'dlclose' THEN ' closes the handle of ' || name || ' once more'
            ELSE ' calls ' || kind || COALESCE(' for ' || symbol_name, '') || ' on the handle of ' || name
        END
        || ', which was closed for good before'
        || COALESCE(' (event ' || close_seq || ')', '')
        || CASE
            WHEN times > 1 THEN ', ' || times || ' times'
            ELSE ''
        END
        || CASE
            WHEN error IS NOT NULL THEN ': it failed with "' || error || '"'
            WHEN is_gone THEN ': the loader reads memory that it has freed'
            ELSE ''
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            CASE
                WHEN is_gone THEN name || ' was unloaded by then; if a library that is loaded later gets this'
                    || ' handle, the call is about that one'
                WHEN is_gone = 0 THEN name || ' is still loaded, kept by something else: that is why there was'
                    || ' no crash'
            END,
            CASE
                WHEN is_same_place AND kind = 'dlclose'
                    THEN 'the same call closed it the first time: the function ran twice'
            END,
            CASE
                WHEN kind = 'dlclose' AND end_seq IS NULL THEN 'the call never returned'
            END
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'use', 'event', seq),
            CASE
                WHEN close_seq IS NOT NULL
                    THEN json_object(
                        'role', 'close', 'event', close_seq, 'process', close_process_id)
            END,
            CASE
                WHEN open_seq IS NOT NULL
                    THEN json_object(
                        'role', 'open', 'event', open_seq, 'process', open_process_id)
            END
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    json_array(
        CASE
            WHEN is_cpp
                THEN 'The fix: give the handle one owner, std::unique_ptr<void, decltype(&dlclose)> or a'
                    || ' std::shared_ptr with dlclose as its deleter, and call dlclose nowhere else.'
            ELSE 'The fix: give the handle one owner, and set it to NULL where it is closed: if (handle) {'
                || ' dlclose(handle); handle = NULL; }'
        END,
        'Where two parts of the program use ' || name || ', let each call dlopen and dlclose itself: the loader'
            || ' counts.'
    ) AS remedies
FROM found;
