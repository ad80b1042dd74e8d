-- title: a dlclose inside a destructor was carried out later
-- severity: note
-- subject: close_effect
--
-- What it means
--   A library's destructor, running inside a dlclose, called dlclose itself.
--   glibc only notes such a call; it returns 0 at once, and the library is
--   still there. The dlclose around it unloads the library when all
--   destructors have run.
--
-- How to tell it from a harmless case
--   It does no harm by itself. It explains why code that runs right after the
--   inner dlclose still finds the library, and why its destructors run later
--   than one would think. Whether the dlclose belongs in a destructor at all
--   is what dlclose-in-destructor is about.
--
-- Remedies
--   None is needed. To have the library gone when dlclose returns, call it
--   before the outer dlclose.
WITH
deferred AS MATERIALIZED (
    SELECT
        close_effect.process_id,
        close_effect.close_seq,
        close_effect.carried_out_by_seq,
        closed.path,
        closed.name,
        caller.name AS caller_name,
        outer_library.name AS outer_name,
        library_owner.open_evidence,
        ROW_NUMBER() OVER same AS number,
        COUNT(*) OVER (
            PARTITION BY
                close_effect.process_id,
                closed.path,
                caller.path,
                outer_library.path
        ) AS times
    FROM close_effect
    JOIN loader_call AS inner_call ON inner_call.process_id = close_effect.process_id
        AND inner_call.seq = close_effect.close_seq
    JOIN library_life AS closed ON closed.process_id = close_effect.process_id
        AND closed.library_id = close_effect.library_id
    JOIN library_owner ON library_owner.process_id = close_effect.process_id
        AND library_owner.library_id = close_effect.library_id
    JOIN loader_call AS outer_call ON outer_call.process_id = close_effect.process_id
        AND outer_call.seq = close_effect.carried_out_by_seq
    LEFT JOIN library_life AS caller ON caller.process_id = close_effect.process_id
        AND caller.library_id = inner_call.caller_library_id
    LEFT JOIN library_life AS outer_library ON outer_library.process_id = close_effect.process_id
        AND outer_library.library_id = outer_call.library_id
    WHERE close_effect.is_deferred
    WINDOW same AS (
        PARTITION BY
            close_effect.process_id,
            closed.path,
            caller.path,
            outer_library.path
        ORDER BY close_effect.close_seq
    )
)
SELECT
    process_id,
    path AS library,
    'note' AS severity,
    'the dlclose on ' || name || ' by ' || COALESCE(caller_name, 'unknown code')
        || ', in a destructor, only noted it; the dlclose'
        || COALESCE(' on ' || outer_name, '') || ' around it unloaded ' || name || ' afterwards'
        || CASE
            WHEN times > 1 THEN ' (' || times || ' times; this is the first)'
            ELSE ''
        END AS message,
    json_array(
        'it does no harm by itself: until the outer dlclose is done, ' || name || ' is still there'
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'close', 'event', close_seq),
            json_object('role', 'close', 'event', carried_out_by_seq),
            json(open_evidence)
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    json_array() AS remedies,
    1 AS is_brief
FROM deferred
WHERE number = 1;
