-- title: a signal handler in an unloaded library
-- severity: error
-- subject: dangling_reference
--
-- What it means
--   A library installed a signal handler (sigaction, signal) that lies in it,
--   and was unloaded while the handler was still installed. The next such
--   signal makes the thread that gets it jump into memory where no code is.
--
-- How to tell it from a harmless case
--   A handler that was replaced before the dlclose is not reported. There is no
--   harmless case but that the signal never comes.
--
-- Remedies
--   - Restore what sigaction returned as the old action before the library is
--     closed.
--   - Have the program install the handler, and the library offer a function
--     that it calls.
--   - RTLD_NODELETE, or -Wl,-z,nodelete: safe; it stays until exit.
WITH
handler AS MATERIALIZED (
    SELECT
        dangling_reference.*,
        COALESCE(signal_name.name, 'signal ' || dangling_reference.number) AS signal,
        ROW_NUMBER() OVER (
            PARTITION BY
                dangling_reference.process_id,
                dangling_reference.library_id
            ORDER BY dangling_reference.seq
        ) AS handler_number
    FROM dangling_reference
    LEFT JOIN signal_name ON signal_name.signal = dangling_reference.number
    WHERE dangling_reference.type = 'signal_handler'
),
more AS (
    SELECT
        process_id,
        library_id,
        ', and functions of it those of ' || group_concat(signal, ', ') AS words
    FROM handler
    WHERE handler_number > 1
    GROUP BY
        process_id,
        library_id
)
SELECT
    handler.process_id,
    handler.path AS library,
    'error' AS severity,
    handler.name || ' was unloaded while ' || handler.label || ' in it was still the handler of '
        || handler.signal || COALESCE(more.words, '')
        || ': when such a signal comes, code runs that is gone' AS message,
    json_array(handler.unloaded, handler.opened) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM (
            SELECT
                each_item.value
            FROM json_each(handler.evidence) AS each_item
            UNION ALL
            SELECT
                json_object(
                    'role', 'install', 'event', other.registered_seq,
                    'process', other.registered_process_id)
            FROM handler AS other
            WHERE other.process_id = handler.process_id
                AND other.library_id = handler.library_id
                AND other.handler_number BETWEEN 2 AND 8
                AND other.registered_seq IS NOT NULL
        ) AS item
    ) AS evidence,
    json_array(
        'The fix: keep the old action, sigaction(' || handler.signal || ', &new, &old), and restore it with'
            || ' sigaction(' || handler.signal || ', &old, NULL) in a shutdown function of ' || handler.name
            || ', or in its destructor.',
        handler.keep_remedy
    ) AS remedies
FROM handler
LEFT JOIN more ON more.process_id = handler.process_id
    AND more.library_id = handler.library_id
WHERE handler.handler_number = 1;
