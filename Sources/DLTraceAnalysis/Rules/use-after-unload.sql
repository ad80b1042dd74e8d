-- title: code or data of an unloaded library was used
-- severity: error
--
-- What it means
--   A fatal signal came while the program counter, the address it touched, or
--   a return address on the stack lay in a library that had been unloaded
--   before, and no library was there any more. Debuggers show `?? ()` for such
--   a place; dltrace knows what used to be there.
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
        gone.unloaded_by_seq,
        gone.unloaded_by_kind,
        gone.unloaded_seq,
        event.time_ns - gone.unloaded_ns AS age_ns,
        library_opener.open_process_id,
        library_opener.open_seq,
        library_opener.is_direct,
        EXISTS (
            SELECT
                1
            FROM event_frame
            WHERE event_frame.process_id = place.process_id
                AND event_frame.seq = gone.unloaded_by_seq
                AND event_frame.library_id = gone.library_id
        ) AS is_own,
        CASE place.signal
            WHEN 4 THEN 'SIGILL'
            WHEN 5 THEN 'SIGTRAP'
            WHEN 6 THEN 'SIGABRT'
            WHEN 7 THEN 'SIGBUS'
            WHEN 8 THEN 'SIGFPE'
            WHEN 11 THEN 'SIGSEGV'
            WHEN 31 THEN 'SIGSYS'
            ELSE 'signal ' || place.signal
        END AS signal,
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
    LEFT JOIN library_opener ON library_opener.process_id = place.process_id
        AND library_opener.library_id = place.library_id
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
        || CASE
            WHEN age_ns < 10000 THEN age_ns || ' ns'
            WHEN age_ns < 10000000 THEN (age_ns / 1000) || ' µs'
            WHEN age_ns < 10000000000 THEN (age_ns / 1000000) || ' ms'
            ELSE (age_ns / 1000000000) || ' s'
        END || ' before' AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            CASE
                WHEN unloaded_by_kind = 'dlclose'
                    THEN 'unloaded by the dlclose of event ' || unloaded_by_seq
                WHEN unloaded_by_kind IS NOT NULL
                    THEN 'unloaded again when the ' || unloaded_by_kind || ' of event '
                        || unloaded_by_seq || ' failed'
                ELSE 'unloaded (event ' || unloaded_seq || ') by a caller that could not be seen'
            END,
            CASE
                WHEN open_seq IS NULL THEN 'the call that opened it was not seen'
                WHEN NOT is_direct
                    THEN 'it came as a dependency of what event ' || open_seq || ' opened'
            END,
            CASE
                WHEN part = 'pc' THEN 'reached from ' || user
            END
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'fault', 'event', seq),
            CASE
                WHEN unloaded_by_seq IS NOT NULL
                    THEN json_object('role', 'close', 'event', unloaded_by_seq)
            END,
            CASE
                WHEN open_seq IS NOT NULL
                    THEN json_object(
                        'role', 'open', 'event', open_seq, 'process', open_process_id)
            END
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
                || ' each user hold a reference (std::shared_ptr) that keeps it open.',
            'Safe without finding them all: open ' || name || ' with RTLD_NODELETE, or link it with'
                || ' -Wl,-z,nodelete; it stays until exit.'
        )
    END AS remedies
FROM found;
