-- title: dlclose called in a fork handler
-- severity: warning
-- subject: loader_call
--
-- What it means
--   A dlclose ran beneath a function given to pthread_atfork. In the child only
--   the forking thread is left, and locks of the others stay locked: a
--   destructor that takes one, or malloc, hangs for ever. In the prepare and
--   parent handlers it runs with locks held that other handlers took.
--
-- How to tell it from a harmless case
--   It is harmless when the library stays loaded by other handles, since no
--   destructor runs then; nobody can rely on it.
--
-- Remedies
--   Only note in the handler that the library is to be closed, and close it
--   later, when the program is back in its own code. In a child that will call
--   exec, do not close at all: exec drops every library.
WITH
beneath AS MATERIALIZED (
    SELECT
        loader_call.process_id,
        loader_call.seq,
        loader_call.library_id,
        handler.enclosing_seq AS handler_seq,
        COALESCE(caller.name, 'unknown code') AS caller_name,
        COUNT(*) OVER same AS times,
        ROW_NUMBER() OVER (same ORDER BY loader_call.seq) AS number
    FROM loader_call
    CROSS JOIN enclosing_event AS handler ON handler.process_id = loader_call.process_id
        AND handler.seq = loader_call.seq
    LEFT JOIN library_life AS caller ON caller.process_id = loader_call.process_id
        AND caller.library_id = loader_call.caller_library_id
    WHERE loader_call.kind = 'dlclose'
        AND loader_call.parent_seq IS NOT NULL
        AND COALESCE(loader_call.is_ok, 1)
        AND handler.kind = 'fork_handler'
    WINDOW same AS (
        PARTITION BY
            loader_call.process_id,
            loader_call.library_id,
            loader_call.stack_id
    )
)
SELECT
    beneath.process_id,
    COALESCE(closed.path, '') AS library,
    'warning' AS severity,
    beneath.caller_name || ' calls dlclose on ' || COALESCE(closed.name, 'a handle of no library')
        || ' in the fork handler ' || handler.label
        || CASE
            WHEN closed.unloaded_by_seq = beneath.seq THEN ', which unloaded it'
            ELSE ''
        END
        || ': its destructors run while locks of other threads may be held for ever' AS message,
    json_array(
        CASE
            WHEN beneath.times > 1 THEN 'happened ' || beneath.times || ' times; this is the first'
            WHEN closed.unloaded_by_seq = beneath.seq THEN 'unloaded by it: ' || closed.name
            ELSE 'nothing was unloaded by it this time'
        END
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'close', 'event', beneath.seq),
            json_object('role', 'destructor', 'event', beneath.handler_seq),
            json(library_owner.open_evidence)
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    json_array(
        'The fix: only set a flag in ' || handler.label || ', and call dlclose later, when '
            || beneath.caller_name || ' is back in its own code.',
        'In a child that goes on to exec, leave the dlclose out: exec drops every library.'
    ) AS remedies
FROM beneath
JOIN destructor_function AS handler ON handler.process_id = beneath.process_id
    AND handler.seq = beneath.handler_seq
LEFT JOIN library_life AS closed ON closed.process_id = beneath.process_id
    AND closed.library_id = beneath.library_id
LEFT JOIN library_owner ON library_owner.process_id = beneath.process_id
    AND library_owner.library_id = beneath.library_id
WHERE beneath.number = 1;
