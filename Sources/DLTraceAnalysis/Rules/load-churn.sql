-- title: a library is loaded and unloaded over and over
-- severity: note
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
load AS (
    SELECT
        life.process_id,
        life.path,
        life.name,
        life.namespace,
        opening.seq,
        opening.caller_library_id,
        opening.stack_id,
        COALESCE(opening.duration_ns, 0) + COALESCE(closing.duration_ns, 0) AS spent_ns,
        life.unloaded_by_seq,
        life.unloaded_seq IS NOT NULL AS is_unloaded
    FROM library_life AS life
    JOIN loader_call AS opening ON opening.process_id = life.process_id
        AND opening.seq = life.loaded_by_seq
        AND opening.library_id = life.library_id
    LEFT JOIN loader_call AS closing ON closing.process_id = life.process_id
        AND closing.seq = life.unloaded_by_seq
        AND closing.library_id = life.library_id
    WHERE NOT life.is_inherited
),
churn AS MATERIALIZED (
    SELECT
        process_id,
        path,
        namespace,
        name,
        COUNT(*) AS loads,
        SUM(spent_ns) AS spent_ns,
        MIN(unloaded_by_seq) AS close_seq
    FROM load
    GROUP BY
        process_id,
        path,
        namespace
    HAVING COUNT(*) >= 10
        AND SUM(is_unloaded) >= 9
),
by_place AS MATERIALIZED (
    SELECT
        load.process_id,
        load.path,
        load.namespace,
        load.caller_library_id,
        MIN(load.seq) AS seq,
        COUNT(*) AS loads
    FROM churn
    JOIN load ON load.process_id = churn.process_id
        AND load.path = churn.path
        AND load.namespace = churn.namespace
    GROUP BY
        load.process_id,
        load.path,
        load.namespace,
        load.caller_library_id,
        load.stack_id
)
SELECT
    churn.process_id,
    churn.path AS library,
    'note' AS severity,
    churn.name || ' was loaded ' || churn.loads || ' times and unloaded in between, by ' || (
        SELECT
            group_concat(DISTINCT COALESCE(caller.name, 'unknown code'))
        FROM by_place
        LEFT JOIN library_life AS caller ON caller.process_id = by_place.process_id
            AND caller.library_id = by_place.caller_library_id
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
                ORDER BY by_place.loads DESC
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
