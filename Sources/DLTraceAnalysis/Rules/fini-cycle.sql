-- title: libraries that need each other were finalized in an arbitrary order
-- severity: warning
-- subject: library_need
--
-- What it means
--   The loader runs a library's destructors before those of what it needs.
--   Libraries that need each other in a cycle have no such order: one of them
--   is finalized while another one still counts on it. Which one depends on
--   the order in which they were loaded and on the version of glibc.
--
-- How to tell it from a harmless case
--   It is harmless if no destructor of one uses another one of the cycle. A
--   use-after-fini beside it is what comes of it.
--
-- Remedies
--   Break the cycle: put what both use into a third library, or have one of
--   them get the functions of the other by a pointer at run time and drop it
--   from its link line (-l...; -Wl,--as-needed drops one that is named in vain).
WITH RECURSIVE
binary_need AS MATERIALIZED (
    SELECT DISTINCT
        library_need.process_id,
        needing.binary_id,
        needed.binary_id AS needed_binary_id
    FROM library_need
    JOIN library_life AS needing ON needing.process_id = library_need.process_id
        AND needing.library_id = library_need.library_id
    JOIN library_life AS needed ON needed.process_id = library_need.process_id
        AND needed.library_id = library_need.needed_library_id
    WHERE needing.origin = 'file'
        AND needed.origin = 'file'
),
-- A cycle goes through libraries that need and are needed, three times over to be quick.
inner_need AS MATERIALIZED (
    SELECT
        process_id,
        binary_id,
        needed_binary_id
    FROM binary_need
    WHERE (process_id, needed_binary_id) IN (SELECT process_id, binary_id FROM binary_need)
        AND (process_id, binary_id) IN (SELECT process_id, needed_binary_id FROM binary_need)
),
core_need AS MATERIALIZED (
    SELECT
        process_id,
        binary_id,
        needed_binary_id
    FROM inner_need
    WHERE (process_id, needed_binary_id) IN (SELECT process_id, binary_id FROM inner_need)
        AND (process_id, binary_id) IN (SELECT process_id, needed_binary_id FROM inner_need)
),
reach (process_id, binary_id, needed_binary_id) AS (
    SELECT
        process_id,
        binary_id,
        needed_binary_id
    FROM core_need
    UNION
    SELECT
        reach.process_id,
        reach.binary_id,
        core_need.needed_binary_id
    FROM reach
    JOIN core_need ON core_need.process_id = reach.process_id
        AND core_need.binary_id = reach.needed_binary_id
),
-- The cycle of a library, named by its lowest member.
cyclic AS MATERIALIZED (
    SELECT
        reach.process_id,
        reach.binary_id,
        MIN(reach.needed_binary_id) AS cycle_id
    FROM reach
    JOIN reach AS back ON back.process_id = reach.process_id
        AND back.binary_id = reach.needed_binary_id
        AND back.needed_binary_id = reach.binary_id
    GROUP BY
        reach.process_id,
        reach.binary_id
),
finalized AS MATERIALIZED (
    SELECT
        cyclic.process_id,
        cyclic.cycle_id,
        cyclic.binary_id,
        life.fini_by_seq,
        life.fini_seq,
        life.fini_phase,
        life.library_id,
        life.path,
        life.name
    FROM cyclic
    JOIN library_life AS life ON life.process_id = cyclic.process_id
        AND life.binary_id = cyclic.binary_id
    WHERE life.fini_seq IS NOT NULL
),
round AS (
    SELECT
        process_id,
        cycle_id,
        fini_by_seq,
        fini_phase,
        MIN(fini_seq) AS fini_seq,
        ROW_NUMBER() OVER (
            PARTITION BY
                process_id,
                cycle_id
            ORDER BY MIN(fini_seq)
        ) AS number,
        COUNT(*) OVER (PARTITION BY process_id, cycle_id) AS times
    FROM finalized
    GROUP BY
        process_id,
        cycle_id,
        fini_by_seq
    HAVING COUNT(DISTINCT binary_id) > 1
)
SELECT
    round.process_id,
    first_library.path AS library,
    'warning' AS severity,
    (
        SELECT
            group_concat(step.name, ', then ')
        FROM (
            SELECT
                finalized.name
            FROM finalized
            WHERE finalized.process_id = round.process_id
                AND finalized.cycle_id = round.cycle_id
                AND finalized.fini_by_seq IS round.fini_by_seq
            ORDER BY finalized.fini_seq
        ) AS step
    ) || ' were finalized in this order, which is arbitrary: they need each other in a cycle'
        || CASE
            WHEN round.times > 1 THEN ' (' || round.times || ' times; this is the first)'
            ELSE ''
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM (
            SELECT
                'the cycle: ' || group_concat(step.words, '; ') AS value
            FROM (
                SELECT
                    needing.name || ' needs ' || needed.name AS words
                FROM finalized AS needing
                JOIN library_need ON library_need.process_id = needing.process_id
                    AND library_need.library_id = needing.library_id
                JOIN finalized AS needed ON needed.process_id = needing.process_id
                    AND needed.cycle_id = needing.cycle_id
                    AND needed.library_id = library_need.needed_library_id
                WHERE needing.process_id = round.process_id
                    AND needing.cycle_id = round.cycle_id
                    AND needing.fini_by_seq IS round.fini_by_seq
                ORDER BY needing.fini_seq
                LIMIT 20
            ) AS step
            UNION ALL
            SELECT
                'phase ' || round.fini_phase
            WHERE round.fini_phase IS NOT NULL
        ) AS line
    ) AS detail,
    (
        SELECT
            json_group_array(json_object('role', 'destructor', 'event', shown.fini_seq))
        FROM (
            SELECT
                finalized.fini_seq
            FROM finalized
            WHERE finalized.process_id = round.process_id
                AND finalized.cycle_id = round.cycle_id
                AND finalized.fini_by_seq IS round.fini_by_seq
            ORDER BY finalized.fini_seq
            LIMIT 8
        ) AS shown
    ) AS evidence,
    json_array(
        'The fix: break the cycle: move what they share into a library of its own, or hand the functions of one'
            || ' to the other as pointers at run time, and take its -l out of the link line.',
        'Until then let no destructor of one call another: do it in a shutdown function that runs before.'
    ) AS remedies
FROM round
JOIN library_life AS first_library ON first_library.process_id = round.process_id
    AND first_library.fini_seq = round.fini_seq
WHERE round.number = 1;
