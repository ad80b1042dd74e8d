-- title: a library was used after its destructors had run
-- severity: error
-- subject: fault
--
-- What it means
--   A fatal signal came in a library, or on its data, after its destructors
--   had run. It was still mapped: nothing was taken away but what the
--   destructors took: objects destroyed, memory freed, locks gone. It is not a
--   use after unload, whatever the phase (dlclose or exit) makes one think.
--
--   Usual ways to get there: a destructor of one library calls another one
--   that was finalized before; a thread that runs on while the process exits;
--   an atexit function that was registered before the library's static objects
--   were made, and so runs after they are gone.
--
-- How to tell it from a harmless case
--   There is none: the process was killed. The fault may have another cause
--   than the destructors; look at what the faulting line uses.
--
-- Remedies
--   Do not call the library after its destructors: finish with it in a
--   shutdown function that runs before exit. Or let what it uses live on: a
--   C++ object made with new and never deleted, a resource that is not freed
--   at exit. Link the caller against the library (-l...), so that the loader
--   finalizes the caller first.
WITH
fault_event AS MATERIALIZED (
    SELECT
        fault.process_id,
        fault.seq,
        event.thread,
        event.time_ns,
        COALESCE(signal_name.name, 'signal ' || fault.signal) AS signal,
        (
            SELECT
                MAX(enclosing_event.enclosing_seq)
            FROM enclosing_event
            WHERE enclosing_event.process_id = fault.process_id
                AND enclosing_event.seq = fault.seq
                AND enclosing_event.kind IN (
                    'fini', 'fini_function', 'exit_handler', 'thread_destructor')
        ) AS destructor_seq
    FROM selected_process
    CROSS JOIN fault ON fault.process_id = selected_process.process_id
    JOIN event ON event.process_id = fault.process_id
        AND event.seq = fault.seq
    LEFT JOIN signal_name ON signal_name.signal = fault.signal
    WHERE NOT EXISTS (
        SELECT
            1
        FROM fault_place
        WHERE fault_place.process_id = fault.process_id
            AND fault_place.seq = fault.seq
            AND fault_place.state = 'unloaded'
    )
),
-- Where it came: what runs now, not what called exit long ago.
place AS MATERIALIZED (
    SELECT
        fault_place.process_id,
        fault_place.seq,
        fault_place.part,
        fault_place.position,
        fault_place.library_id,
        fault_place.offset
    FROM fault_event
    CROSS JOIN fault_place ON fault_place.process_id = fault_event.process_id
        AND fault_place.seq = fault_event.seq
    JOIN library ON library.id = fault_place.library_id
    WHERE (fault_place.part <> 'frame' OR fault_place.position < 1000)
        AND library.origin IN ('file', 'program')
        AND library.soname IS NOT 'libc.so.6'
),
-- The destructors of each such library that had run by then: its fini, or a static object's at exit,
-- which comes long before the fini where the library was opened with dlopen.
finished AS (
    SELECT
        place.process_id,
        place.seq,
        place.part,
        place.position,
        place.library_id,
        place.offset,
        life.fini_seq AS done_seq,
        life.finalized_seq AS end_seq
    FROM place
    JOIN library_life AS life ON life.process_id = place.process_id
        AND life.library_id = place.library_id
    WHERE life.finalized_seq < place.seq
    UNION ALL
    SELECT
        place.process_id,
        place.seq,
        place.part,
        place.position,
        place.library_id,
        place.offset,
        handler.seq,
        call_end.end_seq
    FROM place
    JOIN fault_event ON fault_event.process_id = place.process_id
        AND fault_event.seq = place.seq
    JOIN library ON library.id = place.library_id
    JOIN event AS handler ON handler.process_id = place.process_id
        AND handler.seq < place.seq
        AND handler.kind = 'exit_handler'
        AND handler.phase = 'exit-handlers'
        AND handler.library_id = place.library_id
    JOIN call_end ON call_end.process_id = handler.process_id
        AND call_end.seq = handler.seq
        AND call_end.end_seq < place.seq
    LEFT JOIN event AS running ON running.process_id = place.process_id
        AND running.seq = fault_event.destructor_seq
    WHERE place.part = 'pc'
        -- A static object: what atexit registered destroys nothing by itself.
        AND handler.detail = 3
        AND EXISTS (
            SELECT
                1
            FROM symbol
            WHERE symbol.binary_id = library.binary_id
                AND symbol.file_address = handler.address - library.base_address
                AND symbol.is_exact = 1
                AND symbol.inline_depth = 0
                AND symbol.name LIKE '%~%'
        )
        -- One destructor of a library may well use what another one has not destroyed yet.
        AND running.library_id IS NOT place.library_id
),
first_place AS (
    SELECT
        finished.*,
        ROW_NUMBER() OVER (
            PARTITION BY
                finished.process_id,
                finished.seq
            ORDER BY
                CASE finished.part
                    WHEN 'pc' THEN 0
                    WHEN 'address' THEN 1
                    ELSE 2
                END,
                finished.position,
                finished.done_seq
        ) AS number
    FROM finished
),
found AS (
    SELECT
        first_place.process_id,
        first_place.seq,
        first_place.part,
        first_place.done_seq,
        fault_event.thread,
        fault_event.signal,
        fault_event.destructor_seq,
        life.path,
        life.name,
        done.kind AS done_kind,
        done.phase AS done_phase,
        fault_event.time_ns - done_end.time_ns AS age_ns,
        library_owner.is_foreign,
        library_owner.is_cpp,
        library_owner.opened,
        library_owner.open_evidence,
        running.library_id AS user_library_id,
        running_library.name AS user_name,
        (
            SELECT
                COALESCE(event_frame.symbol, life.name || printf('+0x%x', first_place.offset))
            FROM event_frame
            WHERE event_frame.process_id = first_place.process_id
                AND event_frame.seq = first_place.seq
                AND event_frame.library_id = first_place.library_id
            ORDER BY
                event_frame.segment,
                event_frame.position,
                event_frame.inline_depth
            LIMIT 1
        ) AS label,
        (
            SELECT
                group_concat(DISTINCT replace(
                    binary.path,
                    rtrim(binary.path, replace(binary.path, '/', '')),
                    ''
                ))
            FROM event AS gone
            CROSS JOIN library ON library.id = gone.library_id
            CROSS JOIN binary ON binary.id = library.binary_id
            WHERE gone.process_id = first_place.process_id
                AND gone.seq BETWEEN first_place.done_seq AND first_place.seq
                AND gone.kind = 'unload'
                AND gone.kind <> 'end'
        ) AS unmapped,
        (
            SELECT
                MAX(enclosing_event.kind = 'exit')
            FROM enclosing_event
            WHERE enclosing_event.process_id = first_place.process_id
                AND enclosing_event.seq = first_place.done_seq
        ) AS is_exit
    FROM first_place
    JOIN fault_event ON fault_event.process_id = first_place.process_id
        AND fault_event.seq = first_place.seq
    JOIN library_life AS life ON life.process_id = first_place.process_id
        AND life.library_id = first_place.library_id
    JOIN event AS done ON done.process_id = first_place.process_id
        AND done.seq = first_place.done_seq
    JOIN event AS done_end ON done_end.process_id = first_place.process_id
        AND done_end.seq = first_place.end_seq
    LEFT JOIN library_owner ON library_owner.process_id = first_place.process_id
        AND library_owner.library_id = first_place.library_id
    LEFT JOIN event AS running ON running.process_id = first_place.process_id
        AND running.seq = fault_event.destructor_seq
    LEFT JOIN library_life AS running_library ON running_library.process_id = running.process_id
        AND running_library.library_id = running.library_id
    WHERE first_place.number = 1
)
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    signal || ' in thread ' || thread || CASE part
            WHEN 'pc' THEN ' in ' || label || ' of '
            WHEN 'address' THEN ' on the data of '
            ELSE ', called by ' || label || ' of '
        END || name || ', '
        || CASE
            WHEN done_kind = 'fini' THEN 'whose destructors had run '
            ELSE 'of which a static object had been destroyed '
        END || (
            SELECT
                (found.age_ns / time_unit.unit_ns) || ' ' || time_unit.unit
            FROM time_unit
            WHERE found.age_ns >= time_unit.from_ns
                AND found.age_ns < time_unit.below_ns
        ) || ' before (phase ' || COALESCE(done_phase, 'unknown') || '); it was still mapped: '
        || CASE
            WHEN unmapped IS NULL AND is_exit THEN 'nothing was unmapped during this exit'
            WHEN unmapped IS NULL THEN 'nothing was unmapped since'
            ELSE unmapped || ' was unmapped since, but not this library'
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            opened,
            CASE
                WHEN user_name IS NULL THEN 'it came beneath no destructor: a thread that ran on'
                ELSE 'it came beneath a destructor of ' || user_name
                    || ' (event ' || destructor_seq || '), which ran later'
            END
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'fault', 'event', seq),
            json_object('role', 'destructor', 'event', done_seq),
            CASE
                WHEN destructor_seq IS NOT NULL
                    THEN json_object('role', 'use', 'event', destructor_seq)
            END,
            json(open_evidence)
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    json_array(
        'RTLD_NODELETE, -z nodelete or a handle that is kept open do not help: nothing was unloaded.',
        CASE
            WHEN user_name IS NULL
                THEN 'The fix: end and join the thread before main returns or exit is called.'
            ELSE 'The fix: let ' || user_name || ' be done with ' || name || ' before destructors run, in a'
                || ' shutdown function; or link ' || user_name || ' against it (-l), so that the loader'
                || ' finalizes ' || user_name || ' first.'
        END,
        CASE
            WHEN is_foreign
                THEN name || ' is not part of the program: its maintainers can let what is used live on.'
            WHEN is_cpp
                THEN 'Or let the object live on: static auto &object = *new Object; in ' || name
                    || ' is never destroyed.'
            ELSE 'Or let what is used live on: do not free it in a destructor of ' || name || '.'
        END
    ) AS remedies
FROM found;
