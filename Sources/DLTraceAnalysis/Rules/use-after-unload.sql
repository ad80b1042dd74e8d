-- title: code or data of an unloaded library was used
-- severity: error
-- subject: fault
--
-- What it means
--   A fatal signal came while the program counter, the address it touched, or
--   a return address on the stack lay in a library that had been unloaded
--   before, and no library was there any more. Debuggers show `?? ()` for such
--   a place; dltrace knows what used to be there.
--
--   Where several libraries lay at that address, one after the other, the
--   newest is named, and all of them are listed with their times: a stale
--   pointer may be of any of them.
--
--   Usual ways to get there: a function pointer, callback or virtual table
--   that outlived its library; a thread that still runs its code; a signal
--   handler, a pthread_key destructor or an on_exit function that it had
--   installed; a dlclose that unloads the code which called it (see
--   self-unload).
--
-- How to tell it from a harmless case
--   There is none: the process was killed by it. When the fault is in a
--   library that is still mapped but finalized, it is not this rule: nothing
--   was unmapped then.
--
-- Remedies
--   Remove every pointer into the library before the dlclose: unregister
--   callbacks, join threads, restore signal handlers, delete pthread keys;
--   then close. Or let the users of the library hold a reference that keeps it
--   open. RTLD_NODELETE, or -Wl,-z,nodelete, is safe and keeps it until exit.
WITH
place AS (
    SELECT
        fault_place.process_id,
        fault_place.seq,
        fault_place.signal,
        fault_place.part,
        fault_place.position,
        fault_place.address,
        fault_place.library_id,
        fault_place.offset,
        ROW_NUMBER() OVER (
            PARTITION BY
                fault_place.process_id,
                fault_place.seq
            ORDER BY
                CASE fault_place.part
                    WHEN 'pc' THEN 0
                    WHEN 'address' THEN 1
                    ELSE 2
                END,
                fault_place.position
        ) AS number
    FROM fault_place
    WHERE fault_place.state = 'unloaded'
),
found AS (
    SELECT
        place.process_id,
        place.seq,
        place.part,
        place.address,
        event.thread,
        gone.path,
        gone.name,
        library_owner.opened,
        library_owner.unloaded,
        library_owner.is_foreign,
        library_owner.is_cpp,
        library_owner.keep_remedy,
        library_owner.open_evidence,
        library_owner.close_evidence,
        event.time_ns,
        event.time_ns - gone.unloaded_ns AS age_ns,
        EXISTS (
            SELECT
                1
            FROM event_frame
            WHERE event_frame.process_id = place.process_id
                AND event_frame.seq = gone.unloaded_by_seq
                AND event_frame.library_id = gone.library_id
        ) AS is_own,
        COALESCE(signal_name.name, 'signal ' || place.signal) AS signal,
        COALESCE(
            (
                SELECT
                    symbol.name || printf('+0x%x', symbol.symbol_offset)
                        || ' (' || gone.name || printf('+0x%x)', place.offset)
                FROM symbol
                WHERE symbol.binary_id = gone.binary_id
                    AND symbol.symbol_offset IS NOT NULL
                    AND (
                        (symbol.is_exact = 1 AND symbol.file_address = place.offset)
                        OR (
                            symbol.is_exact = 0
                            AND symbol.file_address = place.offset + 1
                            AND place.part = 'frame'
                        )
                    )
                LIMIT 1
            ),
            gone.name || printf('+0x%x', place.offset)
        ) AS place,
        (
            SELECT
                COALESCE(event_frame.symbol, printf('0x%x', event_frame.address))
                    || COALESCE(' (' || event_frame.library || ')', '')
            FROM event_frame
            WHERE event_frame.process_id = place.process_id
                AND event_frame.seq = place.seq
                AND event_frame.inline_depth = 0
                AND (event_frame.state IS NULL OR event_frame.state <> 'unloaded')
            ORDER BY
                event_frame.segment,
                event_frame.position
            LIMIT 1
        ) AS user
    FROM place
    JOIN event ON event.process_id = place.process_id
        AND event.seq = place.seq
    JOIN library_life AS gone ON gone.process_id = place.process_id
        AND gone.library_id = place.library_id
    LEFT JOIN library_owner ON library_owner.process_id = place.process_id
        AND library_owner.library_id = place.library_id
    LEFT JOIN signal_name ON signal_name.signal = place.signal
    WHERE place.number = 1
)
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    signal || ' in thread ' || thread || ': '
        || CASE part
            WHEN 'pc' THEN 'it runs at ' || printf('0x%x', address) || ', which was ' || place
            WHEN 'address' THEN COALESCE(user, 'it') || ' touches ' || printf('0x%x', address)
                || ', which was ' || place
            ELSE 'it returns, or would have returned, to ' || printf('0x%x', address)
                || ', which was ' || place
        END
        || '; ' || name || ' was unloaded '
        || (
            SELECT
                (found.age_ns / time_unit.unit_ns) || ' ' || time_unit.unit
            FROM time_unit
            WHERE found.age_ns >= time_unit.from_ns
                AND found.age_ns < time_unit.below_ns
        ) || ' before' AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM (
            SELECT
                found.unloaded AS value
            UNION ALL
            SELECT
                found.opened
            UNION ALL
            SELECT
                CASE
                    WHEN found.part = 'pc' THEN 'reached from ' || found.user
                END
            UNION ALL
            SELECT
                CASE
                    WHEN COUNT(*) > 1
                        THEN 'the pointer may be of each library that lay at this address, newest first: '
                            || group_concat(tenant.words, '; ')
                END
            FROM (
                SELECT
                    gone.name || ' (loaded ' || (
                        SELECT
                            ((found.time_ns - gone.loaded_ns) / time_unit.unit_ns) || ' ' || time_unit.unit
                        FROM time_unit
                        WHERE found.time_ns - gone.loaded_ns >= time_unit.from_ns
                            AND found.time_ns - gone.loaded_ns < time_unit.below_ns
                    ) || ' before, unloaded ' || (
                        SELECT
                            ((found.time_ns - gone.unloaded_ns) / time_unit.unit_ns) || ' ' || time_unit.unit
                        FROM time_unit
                        WHERE found.time_ns - gone.unloaded_ns >= time_unit.from_ns
                            AND found.time_ns - gone.unloaded_ns < time_unit.below_ns
                    ) || ' before)' AS words
                FROM library_life AS gone
                WHERE gone.process_id = found.process_id
                    AND gone.start_address <= found.address
                    AND gone.end_address > found.address
                    AND gone.unloaded_seq < found.seq
                ORDER BY gone.unloaded_seq DESC
                LIMIT 8
            ) AS tenant
        ) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'fault', 'event', seq),
            json(close_evidence),
            json(open_evidence)
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    CASE
        WHEN is_own THEN json_array(
            'The dlclose that unloaded ' || name || ' was called by ' || name || ' itself: the finding'
                || ' self-unload has the cause and the remedies.'
        )
        ELSE json_array(
            'The fix: before the dlclose, remove every pointer into ' || name || ': unregister'
                || ' callbacks, join its threads, restore signal handlers, delete pthread keys; or let'
                || ' each user hold a reference '
                || CASE
                    WHEN is_cpp THEN '(std::shared_ptr) '
                    ELSE '(a count) '
                END || 'that keeps it open.',
            keep_remedy
        )
    END AS remedies
FROM found;
