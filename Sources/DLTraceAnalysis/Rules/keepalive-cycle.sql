-- title: a library lives only through a library that it opened itself
-- severity: error
-- subject: kept_handle
--
-- What it means
--   A library A opened a library B with dlopen, and B, directly or through
--   others, needs A. As long as somebody else uses A, that is no problem. Once
--   the last outside user is closed, A stays in memory only since B needs it,
--   and B only since A has it open: a keep-alive cycle. When A closes that
--   handle, B goes, and A with it, while A's own code waits for dlclose to
--   return. It crashes there: see self-unload.
--
--   It is foreseeable when the dlclose of the last outside user returns, and
--   that is the event reported here, whether or not the crash came in this
--   run. The usual way to it is a C++ static object that holds the handle: its
--   destructor runs at exit among the exit handlers, which nothing protects.
--
-- How to tell it from a harmless case
--   Outside users are the program, libraries that were there at start, code
--   that can't be seen, and every library that one of them needs or has open.
--   A library that is linked with -z nodelete, was opened with RTLD_NODELETE,
--   is pinned by a unique symbol, or has opened itself, can't be unloaded at
--   all. None of these is reported. Nor is a cycle that was undone without
--   harm: when somebody else closed the handle, when an outside user came
--   back before, or when it was closed in the loader's own pass at exit, in
--   which nothing is unloaded. A library that leaves the handle open for good
--   gets away with it; but nothing in it can close the handle any more.
--
-- Remedies
--   - An explicit shutdown function of A which closes B, and which A's user
--     calls before it closes A: the fix.
--   - RTLD_NODELETE, or -Wl,-z,nodelete, on A: safe; it stays until exit.
--   - __attribute__((destructor)) in place of a static object: helps at exit
--     only.
WITH RECURSIVE
-- What holds on to what at the end. In the loader's own pass at exit nothing is let go any more.
open_left AS MATERIALIZED (
    SELECT
        handle_open.process_id,
        handle_open.caller_library_id AS owner_id,
        handle_open.library_id,
        handle_open.open_flags
    FROM handle_open
    LEFT JOIN event ON event.process_id = handle_open.close_process_id
        AND event.seq = handle_open.close_seq
    WHERE handle_open.process_id IN (SELECT process_id FROM kept_handle WHERE close_seq = 0)
        AND (
            handle_open.close_seq IS NULL
            OR event.phase = 'exit-fini'
        )
),
stayed AS MATERIALIZED (
    SELECT
        event.process_id,
        event.library_id,
        event.detail AS holder_id
    FROM reference_event AS event
    WHERE event.process_id IN (SELECT process_id FROM kept_handle WHERE close_seq = 0)
        AND event.kind = 'stayed'
),
pending AS MATERIALIZED (
    SELECT
        event.process_id,
        event.library_id
    FROM event AS found
    CROSS JOIN event ON event.process_id = found.process_id
        AND event.seq = found.seq
    WHERE found.process_id IN (SELECT process_id FROM kept_handle WHERE close_seq = 0)
        AND found.kind IN ('thread_local', 'thread_destructor')
        AND found.kind <> 'end'
        AND (event.kind = 'thread_local' OR event.detail = 6)
    GROUP BY
        event.process_id,
        event.library_id
    HAVING SUM(event.kind = 'thread_local') > SUM(event.kind = 'thread_destructor')
),
used (process_id, library_id) AS (
    SELECT
        life.process_id,
        life.library_id
    FROM library_life AS life
    LEFT JOIN library_opener ON library_opener.process_id = life.process_id
        AND library_opener.library_id = life.library_id
    WHERE life.process_id IN (SELECT process_id FROM kept_handle WHERE close_seq = 0)
        AND life.unloaded_seq IS NULL
        AND (
            life.origin <> 'file'
            OR life.at_start
            OR life.has_unique
            OR (life.flags_1 & 8) <> 0
            OR library_opener.open_seq IS NULL
            OR EXISTS (
                SELECT
                    1
                FROM handle_open
                WHERE handle_open.process_id = life.process_id
                    AND handle_open.library_id = life.library_id
                    AND (handle_open.open_flags & 4096) <> 0
            )
            OR EXISTS (
                SELECT
                    1
                FROM pending
                WHERE pending.process_id = life.process_id
                    AND pending.library_id = life.library_id
            )
            OR EXISTS (
                SELECT
                    1
                FROM open_left
                LEFT JOIN library_life AS owner ON owner.process_id = open_left.process_id
                    AND owner.library_id = open_left.owner_id
                WHERE open_left.process_id = life.process_id
                    AND open_left.library_id = life.library_id
                    AND (
                        open_left.owner_id = life.library_id
                        OR owner.library_id IS NULL
                        OR owner.unloaded_seq IS NOT NULL
                    )
            )
        )
    UNION
    SELECT
        used.process_id,
        library_need.needed_library_id
    FROM used
    JOIN library_need ON library_need.process_id = used.process_id
        AND library_need.library_id = used.library_id
    UNION
    SELECT
        used.process_id,
        open_left.library_id
    FROM used
    JOIN open_left ON open_left.process_id = used.process_id
        AND open_left.owner_id = used.library_id
    UNION
    SELECT
        used.process_id,
        stayed.library_id
    FROM used
    JOIN stayed ON stayed.process_id = used.process_id
        AND stayed.holder_id = used.library_id
),
-- The libraries that nobody outside uses; those of a handle that was closed are what went with it.
doomed AS MATERIALIZED (
    SELECT
        life.process_id,
        0 AS close_seq,
        life.library_id
    FROM library_life AS life
    LEFT JOIN used ON used.process_id = life.process_id
        AND used.library_id = life.library_id
    WHERE life.process_id IN (SELECT process_id FROM kept_handle WHERE close_seq = 0)
        AND life.unloaded_seq IS NULL
        AND used.library_id IS NULL
    UNION ALL
    SELECT
        life.process_id,
        life.unloaded_by_seq,
        life.library_id
    FROM library_life AS life
    WHERE life.unloaded_by_seq IN (SELECT close_seq FROM kept_handle)
        AND (life.process_id, life.unloaded_by_seq) IN (SELECT process_id, close_seq FROM kept_handle)
),
hold AS (
    SELECT
        process_id,
        library_id,
        needed_library_id AS held_id,
        0 AS open_process_id,
        0 AS open_seq,
        NULL AS close_seq
    FROM library_need
    UNION ALL
    SELECT
        process_id,
        caller_library_id,
        library_id,
        open_process_id,
        open_seq,
        COALESCE(close_seq, 0)
    FROM handle_open
),
edge AS MATERIALIZED (
    SELECT
        doomed.process_id,
        doomed.close_seq,
        doomed.library_id,
        hold.held_id,
        hold.open_process_id,
        hold.open_seq
    FROM doomed
    JOIN hold ON hold.process_id = doomed.process_id
        AND hold.library_id = doomed.library_id
        AND COALESCE(hold.close_seq, doomed.close_seq) = doomed.close_seq
    JOIN doomed AS held ON held.process_id = doomed.process_id
        AND held.close_seq = doomed.close_seq
        AND held.library_id = hold.held_id
    WHERE hold.held_id <> doomed.library_id
),
doomed_handle AS MATERIALIZED (
    SELECT
        edge.process_id,
        edge.library_id AS owner_id,
        edge.held_id AS inner_id,
        edge.open_process_id,
        edge.open_seq,
        edge.close_seq
    FROM edge
    WHERE edge.open_seq > 0
        AND (
            edge.close_seq = 0
            -- Whoever else closed it, or a tail call, came back unharmed.
            OR EXISTS (
                SELECT
                    1
                FROM event_frame
                WHERE event_frame.process_id = edge.process_id
                    AND event_frame.seq = edge.close_seq
                    AND event_frame.library_id = edge.library_id
            )
        )
),
-- What its handles keep, and what keeps the owner: a cycle is where the two meet.
kept_by_owner (process_id, close_seq, owner_id, library_id) AS (
    SELECT
        process_id,
        close_seq,
        owner_id,
        inner_id
    FROM doomed_handle
    UNION
    SELECT
        kept_by_owner.process_id,
        kept_by_owner.close_seq,
        kept_by_owner.owner_id,
        edge.held_id
    FROM kept_by_owner
    JOIN edge ON edge.process_id = kept_by_owner.process_id
        AND edge.close_seq = kept_by_owner.close_seq
        AND edge.library_id = kept_by_owner.library_id
),
keeps_owner (process_id, close_seq, owner_id, library_id) AS (
    SELECT
        process_id,
        close_seq,
        owner_id,
        owner_id
    FROM doomed_handle
    UNION
    SELECT
        keeps_owner.process_id,
        keeps_owner.close_seq,
        keeps_owner.owner_id,
        edge.library_id
    FROM keeps_owner
    JOIN edge ON edge.process_id = keeps_owner.process_id
        AND edge.close_seq = keeps_owner.close_seq
        AND edge.held_id = keeps_owner.library_id
),
member AS MATERIALIZED (
    SELECT
        kept_by_owner.process_id,
        kept_by_owner.close_seq,
        kept_by_owner.owner_id,
        kept_by_owner.library_id
    FROM kept_by_owner
    JOIN keeps_owner ON keeps_owner.process_id = kept_by_owner.process_id
        AND keeps_owner.close_seq = kept_by_owner.close_seq
        AND keeps_owner.owner_id = kept_by_owner.owner_id
        AND keeps_owner.library_id = kept_by_owner.library_id
),
cycle AS MATERIALIZED (
    SELECT
        doomed_handle.process_id,
        doomed_handle.close_seq,
        doomed_handle.owner_id,
        group_concat(DISTINCT inner_library.name) AS inner_names,
        doomed_handle.open_process_id,
        MIN(doomed_handle.open_seq) AS open_seq
    FROM doomed_handle
    JOIN member ON member.process_id = doomed_handle.process_id
        AND member.close_seq = doomed_handle.close_seq
        AND member.owner_id = doomed_handle.owner_id
        AND member.library_id = doomed_handle.inner_id
    JOIN library_life AS inner_library ON inner_library.process_id = doomed_handle.process_id
        AND inner_library.library_id = doomed_handle.inner_id
    GROUP BY
        doomed_handle.process_id,
        doomed_handle.close_seq,
        doomed_handle.owner_id
),
-- The outside users that there were: libraries that needed a member, and handles of a member.
outside_loss AS MATERIALIZED (
    SELECT
        member.process_id,
        member.close_seq,
        member.owner_id,
        gone.unloaded_by_seq AS lost_seq,
        gone.name
    FROM member
    JOIN library_need ON library_need.process_id = member.process_id
        AND library_need.needed_library_id = member.library_id
    JOIN library_life AS gone ON gone.process_id = library_need.process_id
        AND gone.library_id = library_need.library_id
    WHERE gone.unloaded_by_kind = 'dlclose'
    UNION ALL
    SELECT
        member.process_id,
        member.close_seq,
        member.owner_id,
        handle_open.close_seq,
        life.name
    FROM member
    JOIN handle_open ON handle_open.process_id = member.process_id
        AND handle_open.library_id = member.library_id
    JOIN library_life AS life ON life.process_id = member.process_id
        AND life.library_id = member.library_id
    LEFT JOIN doomed ON doomed.process_id = member.process_id
        AND doomed.close_seq = member.close_seq
        AND doomed.library_id = handle_open.caller_library_id
    WHERE handle_open.close_process_id = member.process_id
        AND doomed.library_id IS NULL
),
found AS MATERIALIZED (
    SELECT
        cycle.process_id,
        cycle.close_seq,
        cycle.owner_id,
        cycle.inner_names,
        cycle.open_process_id,
        cycle.open_seq,
        MAX(outside_loss.lost_seq) AS lost_seq,
        outside_loss.name AS lost_name
    FROM cycle
    JOIN outside_loss ON outside_loss.process_id = cycle.process_id
        AND outside_loss.close_seq = cycle.close_seq
        AND outside_loss.owner_id = cycle.owner_id
    WHERE cycle.close_seq = 0
        OR outside_loss.lost_seq < cycle.close_seq
    GROUP BY
        cycle.process_id,
        cycle.close_seq,
        cycle.owner_id
)
SELECT
    found.process_id,
    owner.path AS library,
    'error' AS severity,
    'since the dlclose of ' || found.lost_name || ' (event ' || found.lost_seq || ') '
        || owner.name || ' lives only through ' || found.inner_names
        || ', which it opened itself: '
        || CASE
            WHEN found.close_seq = 0
                THEN 'when it closes that handle, it unloads itself, and the call returns into code that'
                    || ' is gone'
            ELSE 'by closing that handle (event ' || found.close_seq || ') it unloaded itself'
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM (
            SELECT
                'the cycle: ' || group_concat(step.words, '; ') AS value
            FROM (
                SELECT DISTINCT
                    holder.name || CASE
                        WHEN edge.open_seq = 0 THEN ' needs ' || held.name
                        ELSE ' has ' || held.name || ' open (event ' || edge.open_seq || ')'
                    END AS words
                FROM edge
                JOIN member AS from_member ON from_member.process_id = edge.process_id
                    AND from_member.close_seq = edge.close_seq
                    AND from_member.owner_id = found.owner_id
                    AND from_member.library_id = edge.library_id
                JOIN member AS to_member ON to_member.process_id = edge.process_id
                    AND to_member.close_seq = edge.close_seq
                    AND to_member.owner_id = found.owner_id
                    AND to_member.library_id = edge.held_id
                JOIN library_life AS holder ON holder.process_id = edge.process_id
                    AND holder.library_id = edge.library_id
                JOIN library_life AS held ON held.process_id = edge.process_id
                    AND held.library_id = edge.held_id
                WHERE edge.process_id = found.process_id
                    AND edge.close_seq = found.close_seq
                ORDER BY
                    edge.library_id <> from_member.owner_id,
                    edge.library_id,
                    edge.open_seq
                LIMIT 12
            ) AS step
            UNION ALL
            SELECT
                owner_words.opened
            UNION ALL
            SELECT
                CASE
                    WHEN found.close_seq <> 0
                        THEN 'the crash that follows from it came in this run: see self-unload'
                    ELSE owner.name || ' had not closed the handle when the trace ended, so nothing'
                        || ' happened yet'
                END
        ) AS line
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM (
            SELECT
                json_object('role', 'close', 'event', found.lost_seq) AS value
            UNION
            SELECT
                json_object(
                    'role', 'open', 'event', found.open_seq, 'process', found.open_process_id)
            UNION
            SELECT
                owner_words.open_evidence
            UNION
            SELECT
                json_object('role', 'close', 'event', found.close_seq)
            WHERE found.close_seq <> 0
        ) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    json_array(
        CASE
            WHEN owner_words.is_foreign
                THEN 'The fix is in ' || owner.name || ': it should close ' || found.inner_names
                    || ' in a shutdown function that its user calls, not in a destructor.'
            ELSE 'The fix: give ' || owner.name || ' a shutdown function that closes '
                || found.inner_names || ', and call it before the dlclose of ' || found.lost_name
                || ' takes the last outside user.'
        END,
        owner_words.keep_remedy,
        'At exit only: a function with __attribute__((destructor)) that closes the handle, in place of '
            || CASE
                WHEN owner_words.is_cpp THEN 'the destructor of a static C++ object'
                ELSE 'an atexit function'
            END || ', runs when nothing is unloaded any more.'
    ) AS remedies
FROM found
JOIN library_owner AS owner_words ON owner_words.process_id = found.process_id
    AND owner_words.library_id = found.owner_id
JOIN library_life AS owner ON owner.process_id = found.process_id
    AND owner.library_id = found.owner_id
WHERE found.close_seq <> 0
    -- Among the exit handlers of a process that ended well, nothing is left to happen.
    OR NOT EXISTS (
        SELECT
            1
        FROM enclosing_event
        JOIN process_summary ON process_summary.process_id = enclosing_event.process_id
        WHERE enclosing_event.process_id = found.process_id
            AND enclosing_event.seq = found.lost_seq
            AND enclosing_event.kind = 'exit'
            AND process_summary.ending = 'exited'
    );
