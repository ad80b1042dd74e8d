-- title: a library is loaded and unloaded over and over
-- severity: note
-- subject: library_churn
--
-- What it means
--   The same library was loaded ten times or more, and unloaded in between.
--   Each time it is mapped, relocated, and its constructors and destructors
--   run; what it keeps is lost, and what it leaks leaks again.
--
-- How to tell it from a harmless case
--   It costs time, and is a risk only if something of the library survives its
--   unload. The note says how much time the calls took.
--
-- Remedies
--   Open it once and keep the handle; or hold one more handle while it is used
--   often. -Wl,-z,nodelete keeps it after the first time.
WITH
churn AS MATERIALIZED (
    SELECT
        process_id,
        path,
        namespace,
        name,
        SUM(loads) AS loads,
        SUM(spent_ns) AS spent_ns,
        MIN(close_seq) AS close_seq
    FROM library_churn
    GROUP BY
        process_id,
        path,
        namespace
    HAVING SUM(loads) >= 10
        AND SUM(unloads) >= 9
),
by_place AS MATERIALIZED (
    SELECT
        place.process_id,
        place.path,
        place.namespace,
        place.caller_library_id,
        MIN(place.first_seq) AS seq,
        SUM(place.loads) AS loads
    FROM churn
    JOIN library_churn AS place ON place.process_id = churn.process_id
        AND place.path = churn.path
        AND place.namespace = churn.namespace
    GROUP BY
        place.process_id,
        place.path,
        place.namespace,
        place.caller_library_id,
        place.stack_id
)
SELECT
    churn.process_id,
    churn.path AS library,
    'note' AS severity,
    churn.name || ' was loaded ' || churn.loads || ' times and unloaded in between, by ' || (
        SELECT
            group_concat(DISTINCT COALESCE(
                replace(caller.path, rtrim(caller.path, replace(caller.path, '/', '')), ''),
                'unknown code'
            ))
        FROM by_place
        LEFT JOIN library ON library.id = by_place.caller_library_id
        LEFT JOIN binary AS caller ON caller.id = library.binary_id
        WHERE by_place.process_id = churn.process_id
            AND by_place.path = churn.path
            AND by_place.namespace = churn.namespace
    ) || ': ' || (
        SELECT
            (churn.spent_ns / time_unit.unit_ns) || ' ' || time_unit.unit
        FROM time_unit
        WHERE churn.spent_ns >= time_unit.from_ns
            AND churn.spent_ns < time_unit.below_ns
    ) || ' in dlopen and dlclose' AS message,
    (
        SELECT
            json_group_array(json(item.value))
        FROM (
            SELECT
                value
            FROM (
                SELECT
                    json_object('role', 'open', 'event', by_place.seq) AS value
                FROM by_place
                WHERE by_place.process_id = churn.process_id
                    AND by_place.path = churn.path
                    AND by_place.namespace = churn.namespace
                ORDER BY
                    by_place.loads DESC,
                    by_place.seq
                LIMIT 8
            )
            UNION ALL
            SELECT
                json_object('role', 'close', 'event', churn.close_seq)
            WHERE churn.close_seq IS NOT NULL
        ) AS item
    ) AS evidence,
    json_array(
        'Open ' || churn.name || ' once and keep the handle while it is needed now and then; or link it with'
            || ' -Wl,-z,nodelete.'
    ) AS remedies,
    1 AS is_brief
FROM churn;
