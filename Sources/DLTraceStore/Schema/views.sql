-- What the facts of schema.sql mean. Every interpretation is here and nowhere else: the facts stay as
-- they were seen, and a new view works on an old trace. dltrace makes these views on each connection it
-- reads with; in the sqlite3 shell: `.read views.sql`. docs/schema.md describes them with examples.
--
-- Two columns name an event everywhere: process_id and seq. Views that follow a forked child's history
-- into its ancestors go through process_line. No view needs a function that sqlite3 does not have.
--
-- What an event runs beneath is followed 256 deep: no program nests like that, but a forged stream can, and a look
-- at each event would take as long as its depth.

-- The processes that the other views speak of: all of them. A report puts those it was asked for here.
CREATE TEMP VIEW selected_process AS
SELECT
    id AS process_id
FROM process;

-- A process and the images it was forked from: what happened in a member up to last_seq is its history.
CREATE TEMP VIEW process_line AS
WITH RECURSIVE line (process_id, member_id, depth, last_seq) AS (
    SELECT
        process_id,
        process_id,
        0,
        9223372036854775807
    FROM selected_process
    UNION ALL
    SELECT
        line.process_id,
        process.parent_id,
        line.depth + 1,
        COALESCE(process.parent_seq, 0)
    FROM line
    JOIN process ON process.id = line.member_id
    WHERE process.parent_id IS NOT NULL
        AND line.depth < 1000
)
SELECT
    process_id,
    member_id,                           -- itself at depth 0, then its parent, and so on
    depth,
    last_seq                             -- what a member did later is not of this process
FROM line;

-- The END of each call, fini and destructor function; none for one that never returned.
CREATE TEMP VIEW call_end AS
SELECT
    event.process_id,
    event.parent_seq AS seq,             -- the event that ended
    event.seq AS end_seq,
    event.time_ns AS end_time_ns,
    event.address AS result,             -- dlopen: the handle; dlclose: the int it returned
    event.library_id,                    -- dlopen: the library that the handle names
    text.value AS error                  -- dlerror's text
FROM event
LEFT JOIN text ON text.id = event.text_id
WHERE event.kind = 'end'
    AND event.parent_seq IS NOT NULL;

-- Each dlopen, dlmopen and dlclose with what it returned.
CREATE TEMP VIEW loader_call AS
SELECT
    event.process_id,
    event.seq,
    event.kind,
    event.time_ns,
    event.thread,
    event.parent_seq,
    event.phase,
    -- Without a type SQLite would use no index to compare it.
    CAST(
        CASE event.kind
            WHEN 'dlclose' THEN event.library_id
            ELSE call_end.library_id
        END AS INTEGER
    ) AS library_id,                   -- the library that the handle names; NULL: none, or failed
    CASE event.kind
        WHEN 'dlclose' THEN event.address
        ELSE call_end.result
    END AS handle,
    text.value AS name,                  -- what dlopen was asked for; NULL: the program itself
    CASE event.kind
        WHEN 'dlclose' THEN NULL
        ELSE event.value
    END AS flags,                        -- RTLD_*, see dlopen(3)
    CASE
        WHEN event.kind <> 'dlclose' THEN
            CASE event.value & 3
                WHEN 1 THEN 'RTLD_LAZY'
                WHEN 2 THEN 'RTLD_NOW'
                WHEN 3 THEN 'RTLD_LAZY|RTLD_NOW'
                ELSE '0'
            END
            || CASE WHEN event.value & 4 THEN '|RTLD_NOLOAD' ELSE '' END
            || CASE WHEN event.value & 8 THEN '|RTLD_DEEPBIND' ELSE '' END
            || CASE WHEN event.value & 256 THEN '|RTLD_GLOBAL' ELSE '' END
            || CASE WHEN event.value & 4096 THEN '|RTLD_NODELETE' ELSE '' END
    END AS flags_text,                   -- the same in words
    event.detail AS namespace,           -- as given to dlmopen
    event.stack_id,
    CAST(COALESCE(
        (
            SELECT
                COALESCE(frame.library_id, 0)
            FROM stack_frame
            JOIN frame ON frame.id = stack_frame.frame_id
            LEFT JOIN library ON library.id = frame.library_id
            WHERE stack_frame.stack_id = event.stack_id
                AND (library.id IS NULL OR library.origin NOT IN ('loader', 'tracer'))
                -- After a tail call the frames are those that called the destructor.
                AND (event.phase IS NULL OR library.soname IS NOT 'libc.so.6')
            ORDER BY stack_frame.position
            LIMIT 1
        ),
        (
            SELECT
                caller.library_id
            FROM event AS caller
            WHERE caller.process_id = event.process_id
                AND caller.seq = event.parent_seq
                AND caller.kind IN (
                    'fini_function', 'exit_handler', 'thread_destructor', 'fork_handler', 'init'
                )
        ),
        0
    ) AS INTEGER) AS caller_library_id,  -- who called; also a destructor that tail-calls; 0: unknown
    call_end.end_seq,                    -- NULL: it never returned
    CAST(call_end.end_time_ns - event.time_ns AS INTEGER) AS duration_ns,
    CASE
        WHEN call_end.end_seq IS NULL THEN NULL
        WHEN event.kind = 'dlclose' THEN call_end.result = 0
        ELSE call_end.result <> 0
    END AS is_ok,                        -- NULL: it never returned
    call_end.error,
    1 AS times                           -- a report may put one dlopen for many that are never closed
FROM event
LEFT JOIN call_end ON call_end.process_id = event.process_id
    AND call_end.seq = event.seq
LEFT JOIN text ON text.id = event.text_id
WHERE event.kind IN ('dlopen', 'dlmopen', 'dlclose');

-- From when to when each library was in each process; a forked child starts with what its parent had then.
CREATE TEMP VIEW library_span AS
WITH
departure AS MATERIALIZED (
    SELECT
        process_line.process_id,
        event.library_id,
        process_line.depth,
        event.seq,
        event.time_ns,
        event.parent_seq
    FROM process_line
    CROSS JOIN event ON event.process_id = process_line.member_id
    WHERE event.seq <= process_line.last_seq
        AND event.kind = 'unload'
        AND event.library_id IS NOT NULL
),
finalization AS MATERIALIZED (
    SELECT
        event.process_id,
        event.library_id,
        MIN(event.seq) AS seq,
        event.phase,
        event.parent_seq,
        call_end.end_seq
    FROM selected_process
    CROSS JOIN event ON event.process_id = selected_process.process_id
    LEFT JOIN call_end ON call_end.process_id = event.process_id
        AND call_end.seq = event.seq
    WHERE event.kind = 'fini'
    GROUP BY
        event.process_id,
        event.library_id
)
SELECT
    process_line.process_id,
    arrival.library_id,
    process_line.depth,                  -- 0: it was loaded here; 1: in the parent, before the fork; …
    arrival.process_id AS loaded_process_id,
    arrival.seq AS loaded_seq,           -- in loaded_process_id
    arrival.time_ns AS loaded_ns,
    arrival.parent_seq AS loaded_parent_seq,
    finalization.seq AS fini_seq,
    finalization.phase AS fini_phase,
    finalization.parent_seq AS fini_parent_seq,
    finalization.end_seq AS fini_end_seq,
    departure.seq AS unloaded_seq,       -- NULL: still there at the end
    departure.time_ns AS unloaded_ns,
    departure.parent_seq AS unloaded_parent_seq
FROM process_line
CROSS JOIN event AS arrival ON arrival.process_id = process_line.member_id
LEFT JOIN departure ON departure.process_id = process_line.process_id
    AND departure.library_id = arrival.library_id
LEFT JOIN finalization ON finalization.process_id = process_line.process_id
    AND finalization.library_id = arrival.library_id
WHERE arrival.seq <= process_line.last_seq
    AND arrival.kind IN ('load', 'present')
    AND arrival.library_id IS NOT NULL
    AND (departure.depth IS NULL OR departure.depth = 0);

-- The life of each library in each process; a forked child starts with what its parent had then.
CREATE TEMP VIEW library_life AS
SELECT
    library_span.process_id,
    library_span.library_id,
    binary.path,
    replace(
        binary.path,
        rtrim(binary.path, replace(binary.path, '/', '')),
        ''
    ) AS name,                           -- the last part of path
    library.soname,
    binary.build_id,
    binary.id AS binary_id,
    library.origin,
    library.namespace,
    library.base_address,
    library.start_address,
    library.end_address,
    library.flags_1,                     -- 8 is DF_1_NODELETE
    library.has_unique,
    library.has_tls,
    library.at_start,
    library.generation,
    library_span.depth > 0 AS is_inherited, -- 1: loaded before the fork
    library_span.loaded_process_id,
    library_span.loaded_seq,             -- in loaded_process_id
    CASE
        WHEN library_span.depth > 0 THEN 0
        ELSE library_span.loaded_seq
    END AS since_seq,                    -- in process_id: 0 when it was there from the fork on
    library_span.loaded_ns,
    opener.seq AS loaded_by_seq,         -- the dlopen that brought it, itself or as a dependency
    library_span.fini_seq,
    library_span.fini_phase,
    library_span.fini_end_seq AS finalized_seq, -- from here on its destructors have run
    library_span.fini_parent_seq AS fini_by_seq, -- the dlclose or exit that finalized it
    library_span.unloaded_seq,           -- NULL: still there at the end
    library_span.unloaded_ns,
    closer.seq AS unloaded_by_seq,       -- the dlclose (or failed dlopen) that unloaded it
    closer.kind AS unloaded_by_kind
FROM library_span
CROSS JOIN library ON library.id = library_span.library_id
CROSS JOIN binary ON binary.id = library.binary_id
LEFT JOIN event AS opener ON opener.process_id = library_span.loaded_process_id
    AND opener.seq = (
        SELECT
            CASE above.kind
                WHEN 'init' THEN above.parent_seq
                ELSE above.seq
            END
        FROM event AS above
        WHERE above.process_id = library_span.loaded_process_id
            AND above.seq = library_span.loaded_parent_seq
    )
    AND opener.kind IN ('dlopen', 'dlmopen')
LEFT JOIN event AS closer ON closer.process_id = library_span.process_id
    AND closer.seq = library_span.unloaded_parent_seq
    AND closer.kind IN ('dlopen', 'dlmopen', 'dlclose');

-- Each successful dlopen and the dlclose that answers it: the same caller's next that is left by the opens
-- in between, else one of another caller, in order. A library that was closed as often as it was opened has
-- no open that is never closed, whoever called.
CREATE TEMP VIEW handle_open AS
WITH
-- Opens and closes of a library, in order. A caller's level goes up with each open and down behind each
-- close, so that of one level there is an open, its close, an open, its close, and so on.
step AS MATERIALIZED (
    SELECT
        process_line.process_id,
        process_line.depth,
        loader_call.process_id AS step_process_id,
        loader_call.seq,
        loader_call.library_id,
        loader_call.caller_library_id,
        loader_call.flags,
        loader_call.stack_id,
        loader_call.times,
        loader_call.kind <> 'dlclose' AS is_open,
        SUM(CASE loader_call.kind WHEN 'dlclose' THEN -1 ELSE 1 END) OVER of_caller
            + (loader_call.kind = 'dlclose') AS level,
        SUM(loader_call.kind <> 'dlclose') OVER of_caller AS opens
    FROM process_line
    CROSS JOIN loader_call ON loader_call.process_id = process_line.member_id
    WHERE loader_call.seq <= process_line.last_seq
        AND loader_call.library_id IS NOT NULL
        AND CASE loader_call.kind
            WHEN 'dlclose' THEN COALESCE(loader_call.is_ok, 1)
            ELSE loader_call.is_ok
        END
    WINDOW of_caller AS (
        PARTITION BY
            process_line.process_id,
            loader_call.library_id,
            loader_call.caller_library_id
        ORDER BY
            process_line.depth DESC,
            loader_call.seq
    )
),
followed AS MATERIALIZED (
    SELECT
        step.*,
        LEAD(step.step_process_id) OVER line AS next_process_id,
        LEAD(step.seq) OVER line AS next_seq
    FROM step
    WINDOW line AS (
        PARTITION BY
            step.process_id,
            step.library_id,
            step.caller_library_id,
            step.level
        ORDER BY
            step.depth DESC,
            step.seq
    )
),
-- A close that is the first of its level answers no open of that caller.
stray AS MATERIALIZED (
    SELECT
        low.*
    FROM (
        SELECT
            step.*,
            ROW_NUMBER() OVER (
                PARTITION BY
                    step.process_id,
                    step.library_id,
                    step.caller_library_id,
                    step.level
                ORDER BY
                    step.depth DESC,
                    step.seq
            ) AS number
        FROM step
        WHERE step.level <= 0
    ) AS low
    WHERE low.number = 1
        AND NOT low.is_open
),
-- The same with one level for all callers: it answers no open at all that was seen.
unseen AS (
    SELECT
        low.process_id,
        low.step_process_id,
        low.seq
    FROM (
        SELECT
            total.*,
            ROW_NUMBER() OVER (
                PARTITION BY
                    total.process_id,
                    total.library_id,
                    total.level
                ORDER BY
                    total.depth DESC,
                    total.seq
            ) AS number
        FROM (
            SELECT
                step.process_id,
                step.depth,
                step.step_process_id,
                step.seq,
                step.library_id,
                step.is_open,
                SUM(CASE WHEN step.is_open THEN 1 ELSE -1 END) OVER (
                    PARTITION BY
                        step.process_id,
                        step.library_id
                    ORDER BY
                        step.depth DESC,
                        step.seq
                ) + NOT step.is_open AS level
            FROM step
            WHERE (step.process_id, step.library_id) IN (SELECT process_id, library_id FROM stray)
        ) AS total
        WHERE total.level <= 0
    ) AS low
    WHERE low.number = 1
        AND NOT low.is_open
),
-- What is left of all callers.
left_over AS (
    SELECT
        process_id,
        depth,
        step_process_id,
        seq,
        library_id,
        caller_library_id,
        flags,
        stack_id,
        times,
        is_open
    FROM followed
    WHERE is_open
        AND next_seq IS NULL
    UNION ALL
    SELECT
        stray.process_id,
        stray.depth,
        stray.step_process_id,
        stray.seq,
        stray.library_id,
        stray.caller_library_id,
        stray.flags,
        stray.stack_id,
        stray.times,
        0
    FROM stray
    LEFT JOIN unseen ON unseen.process_id = stray.process_id
        AND unseen.step_process_id = stray.step_process_id
        AND unseen.seq = stray.seq
    WHERE unseen.seq IS NULL
),
rest AS (
    SELECT
        left_over.*,
        ROW_NUMBER() OVER (
            PARTITION BY
                left_over.process_id,
                left_over.library_id,
                left_over.is_open
            ORDER BY
                left_over.depth DESC,
                left_over.seq
        ) AS number
    FROM left_over
),
answer AS (
    SELECT
        rest.*,
        LEAD(rest.step_process_id) OVER both AS close_process_id,
        LEAD(rest.seq) OVER both AS close_seq
    FROM rest
    WINDOW both AS (
        PARTITION BY
            rest.process_id,
            rest.library_id,
            rest.number
        ORDER BY rest.is_open DESC
    )
),
-- The first open of each library is the first one of one of its callers.
first AS (
    SELECT
        step.process_id,
        step.step_process_id,
        step.seq,
        ROW_NUMBER() OVER (
            PARTITION BY
                step.process_id,
                step.library_id
            ORDER BY
                step.depth DESC,
                step.seq
        ) AS number
    FROM step
    WHERE step.is_open
        AND step.opens = 1
),
pair AS (
    SELECT
        process_id,
        library_id,
        step_process_id,
        seq,
        flags,
        caller_library_id,
        stack_id,
        next_process_id AS close_process_id,
        next_seq AS close_seq,
        times
    FROM followed
    WHERE is_open
        AND next_seq IS NOT NULL
    UNION ALL
    SELECT
        process_id,
        library_id,
        step_process_id,
        seq,
        flags,
        caller_library_id,
        stack_id,
        close_process_id,
        close_seq,
        times
    FROM answer
    WHERE is_open
)
SELECT
    process_id,
    library_id,
    step_process_id AS open_process_id,  -- another one than process_id: opened before the fork
    seq AS open_seq,                     -- in open_process_id
    flags AS open_flags,
    caller_library_id,                   -- 0: unknown
    stack_id,
    -- Without the CASE SQLite would look at each row of it whether that is NULL.
    CASE
        WHEN (process_id, step_process_id, seq) IN (
            SELECT
                process_id,
                step_process_id,
                seq
            FROM first
            WHERE number = 1
        ) THEN 1
        ELSE 0
    END AS is_first,                     -- the first one of this library in this process
    close_process_id,                    -- another one than process_id: closed before the fork
    close_seq,                           -- in close_process_id; NULL: never closed
    times                                -- as in loader_call
FROM pair;

-- The events that an event runs beneath, innermost first.
CREATE TEMP VIEW enclosing_event AS
SELECT
    event.process_id,
    event.seq,
    chain.key + 1 AS depth,              -- 1 is the innermost
    chain.value AS enclosing_seq,
    enclosing.kind,
    enclosing.phase,
    enclosing.library_id,
    enclosing.stack_id
FROM event
CROSS JOIN json_each((
    WITH RECURSIVE up (seq) AS (
        SELECT
            event.parent_seq
        WHERE event.parent_seq < event.seq
        UNION ALL
        SELECT
            above.parent_seq
        FROM up
        CROSS JOIN event AS above ON above.process_id = event.process_id
            AND above.seq = up.seq
        WHERE above.parent_seq < above.seq
        LIMIT 256
    )
    SELECT
        json_group_array(up.seq)
    FROM up
)) AS chain
CROSS JOIN event AS enclosing ON enclosing.process_id = event.process_id
    AND enclosing.seq = chain.value;

-- The innermost destructor (or fini) that an event runs beneath.
CREATE TEMP VIEW destructor_of_event AS
SELECT
    event.process_id,
    event.seq,
    destructor.seq AS destructor_seq,
    destructor.kind,
    destructor.phase,
    destructor.library_id,               -- where the destructor lies
    destructor.address,                  -- of the function; NULL for a fini
    destructor.detail AS type            -- enum dlt_wire_function_type
FROM event
CROSS JOIN event AS destructor ON destructor.process_id = event.process_id
    AND destructor.seq = (
        WITH RECURSIVE up (seq, parent_seq, kind) AS (
            SELECT
                above.seq,
                above.parent_seq,
                above.kind
            FROM event AS above
            WHERE above.process_id = event.process_id
                AND above.seq = event.parent_seq
                AND above.seq < event.seq
            UNION ALL
            SELECT
                above.seq,
                above.parent_seq,
                above.kind
            FROM up
            CROSS JOIN event AS above ON above.process_id = event.process_id
                AND above.seq = up.parent_seq
            WHERE up.parent_seq < up.seq
            LIMIT 256
        )
        SELECT
            up.seq
        FROM up
        WHERE up.kind IN ('fini', 'fini_function', 'exit_handler', 'thread_destructor')
        LIMIT 1
    )
WHERE event.parent_seq IS NOT NULL;

-- Each call of a destructor function or fork handler with its name.
CREATE TEMP VIEW destructor_function AS
SELECT
    event.process_id,
    event.seq,
    event.kind,
    event.phase,
    event.library_id,
    library_life.path,
    event.address,
    CASE event.detail
        WHEN 1 THEN 'DT_FINI_ARRAY'
        WHEN 2 THEN 'DT_FINI'
        WHEN 3 THEN '__cxa_atexit'
        WHEN 4 THEN 'on_exit'
        WHEN 5 THEN 'at_quick_exit'
        WHEN 6 THEN 'thread_local'
        WHEN 7 THEN 'pthread_key'
        WHEN 8 THEN 'pthread_atfork'
    END AS registered_with,
    CAST(event.address - library_life.base_address AS INTEGER) AS offset, -- in the file
    symbol.name AS symbol,
    symbol.source_file AS file,
    symbol.source_line AS line,
    COALESCE(
        symbol.name,
        library_life.name || printf('+0x%x', event.address - library_life.base_address),
        printf('0x%x', event.address)
    ) AS label,                          -- the symbol, or where it lies
    CASE
        WHEN library_life.library_id IS NULL THEN NULL
        WHEN library_life.finalized_seq < event.seq THEN 'finalized'
        ELSE 'mapped'
    END AS state
FROM event
LEFT JOIN library_life ON library_life.process_id = event.process_id
    AND library_life.library_id = event.library_id
LEFT JOIN symbol ON symbol.binary_id = library_life.binary_id
    AND symbol.file_address = event.address - library_life.base_address
    AND symbol.is_exact = 1
    -- The function itself: what is inlined at its start has no offset.
    AND symbol.symbol_offset IS NOT NULL
WHERE event.kind IN ('fini_function', 'exit_handler', 'thread_destructor', 'fork_handler');

-- Each handle that a library keeps of another one, both loaded at run time: still open at the end, or closed
-- by a dlclose which unloaded that library, too.
CREATE TEMP VIEW kept_handle AS
SELECT
    handle_open.process_id,
    handle_open.caller_library_id AS owner_id, -- the library that keeps it
    handle_open.library_id AS inner_id,  -- the one that it is of
    handle_open.open_process_id,
    handle_open.open_seq,
    COALESCE(handle_open.close_seq, 0) AS close_seq -- 0: never closed
FROM handle_open
JOIN library_life AS owner ON owner.process_id = handle_open.process_id
    AND owner.library_id = handle_open.caller_library_id
JOIN library_life AS inner_library ON inner_library.process_id = handle_open.process_id
    AND inner_library.library_id = handle_open.library_id
WHERE owner.origin = 'file'
    AND NOT owner.at_start
    AND NOT inner_library.at_start
    AND handle_open.library_id <> handle_open.caller_library_id
    AND (
        (
            handle_open.close_seq IS NULL
            AND owner.unloaded_seq IS NULL
        )
        OR (
            handle_open.close_process_id = handle_open.process_id
            AND owner.unloaded_by_seq = handle_open.close_seq
        )
    );

-- Who opened each library: the first dlopen that gave a handle of it, else the one that brought it along.
CREATE TEMP VIEW library_opener AS
SELECT
    library_life.process_id,
    library_life.library_id,
    COALESCE(direct.open_process_id, library_life.loaded_process_id) AS open_process_id,
    COALESCE(direct.open_seq, library_life.loaded_by_seq) AS open_seq, -- NULL: no call of it was seen
    direct.open_seq IS NOT NULL AS is_direct -- 0: it came as a dependency of what was opened
FROM library_life
LEFT JOIN handle_open AS direct ON direct.process_id = library_life.process_id
    AND direct.library_id = library_life.library_id
    AND direct.is_first;

-- Which library of a process needs which other one by its DT_NEEDED entries.
CREATE TEMP VIEW library_need AS
WITH
life AS MATERIALIZED (
    SELECT
        process_id,
        library_id,
        name,
        COALESCE(soname, name) AS link_name,
        origin,
        namespace,
        since_seq,
        unloaded_seq,
        ROW_NUMBER() OVER (
            PARTITION BY process_id
            ORDER BY
                since_seq,
                library_id
        ) AS number
    FROM library_life
),
-- The loads of what is needed and of what needs it, side by side: a self join would be square in loads.
meeting AS (
    SELECT
        life.process_id,
        life.namespace,
        library_needed.name AS link_name,
        life.since_seq,
        life.library_id,
        NULL AS number
    FROM life
    JOIN library_needed ON library_needed.library_id = life.library_id
    UNION ALL
    SELECT
        process_id,
        namespace,
        link_name,
        since_seq,
        NULL,
        number
    FROM life
),
met AS (
    SELECT
        process_id,
        library_id,
        MAX(number) OVER (
            PARTITION BY
                process_id,
                namespace,
                link_name
            ORDER BY since_seq
        ) AS before,
        MIN(number) OVER (
            PARTITION BY
                process_id,
                namespace,
                link_name
            ORDER BY since_seq DESC
        ) AS after
    FROM meeting
)
SELECT
    needing.process_id,
    needing.library_id,                  -- the one that needs
    needing.name AS library,
    needed.library_id AS needed_library_id, -- the one that is kept by it
    needed.name AS needed_library,
    needing.since_seq,                   -- from here on
    needing.unloaded_seq                 -- to here; NULL: to the end
FROM met
JOIN life AS needing ON needing.process_id = met.process_id
    AND needing.library_id = met.library_id
    AND needing.origin <> 'tracer'
LEFT JOIN life AS earlier ON earlier.process_id = met.process_id
    AND earlier.number = met.before
    AND COALESCE(earlier.unloaded_seq, 9223372036854775807) > needing.since_seq
-- What a library needs is loaded behind it.
JOIN life AS needed ON needed.process_id = met.process_id
    AND needed.number = COALESCE(earlier.number, met.after)
    AND needed.since_seq < COALESCE(needing.unloaded_seq, 9223372036854775807)
    AND needed.library_id <> needing.library_id;

-- What each dlclose unloaded: itself, or, called inside a destructor, through the dlclose around it.
CREATE TEMP VIEW close_effect AS
SELECT
    library_life.process_id,
    library_life.unloaded_by_seq AS close_seq,
    library_life.unloaded_seq,
    library_life.library_id,             -- what was unloaded
    library_life.unloaded_by_seq AS carried_out_by_seq, -- the dlclose that did it
    0 AS is_deferred
FROM library_life
WHERE library_life.unloaded_by_kind = 'dlclose'
UNION ALL
SELECT
    inner_close.process_id,
    inner_close.seq,
    library_life.unloaded_seq,
    library_life.library_id,
    library_life.unloaded_by_seq,
    1
FROM loader_call AS inner_close
JOIN library_life ON library_life.process_id = inner_close.process_id
    AND library_life.library_id = inner_close.library_id
WHERE inner_close.kind = 'dlclose'
    AND inner_close.parent_seq IS NOT NULL
    AND library_life.unloaded_by_kind = 'dlclose'
    AND library_life.unloaded_by_seq < inner_close.seq
    AND library_life.unloaded_seq > inner_close.seq
    AND EXISTS (
        SELECT
            1
        FROM enclosing_event
        WHERE enclosing_event.process_id = inner_close.process_id
            AND enclosing_event.seq = inner_close.seq
            AND enclosing_event.enclosing_seq = library_life.unloaded_by_seq
    );

-- The full stack of an event: its own frames, then those of the events around it, with names. Where the
-- unwinder could not go on, frames are missing between it and the event around it.
CREATE TEMP VIEW event_frame AS
SELECT
    event.process_id,
    event.seq,
    segment.key AS segment,              -- 0: its own frames; then those of the events around it
    own.seq AS frame_seq,                -- the event whose frames these are
    stack_frame.position,                -- 0 is the innermost of the segment
    COALESCE(symbol.inline_depth, 0) AS inline_depth, -- 0 is the innermost inlined function
    frame.address,
    frame.is_exact,                      -- 0: a return address
    library_life.library_id,             -- what lay there, also if it is unloaded by then
    library_life.path,
    library_life.name AS library,
    CAST(frame.address - library_life.base_address AS INTEGER) AS offset, -- in the file
    symbol.name AS symbol,
    symbol.symbol_offset,
    symbol.source_file AS file,
    symbol.source_line AS line,
    CASE
        WHEN library_life.library_id IS NULL THEN NULL
        WHEN library_life.unloaded_seq < event.seq THEN 'unloaded'
        WHEN library_life.finalized_seq < event.seq THEN 'finalized'
        ELSE 'mapped'
    END AS state                         -- when the event happened
FROM event
CROSS JOIN json_each((
    WITH RECURSIVE up (seq, parent_seq, goes_on) AS (
        SELECT
            event.seq,
            event.parent_seq,
            COALESCE(
                (
                    SELECT
                        stack.is_enclosed OR stack.is_broken
                    FROM stack
                    WHERE stack.id = event.stack_id
                ),
                1
            )
        UNION ALL
        SELECT
            above.seq,
            above.parent_seq,
            COALESCE(
                (
                    SELECT
                        stack.is_enclosed OR stack.is_broken
                    FROM stack
                    WHERE stack.id = above.stack_id
                ),
                1
            )
        FROM up
        CROSS JOIN event AS above ON above.process_id = event.process_id
            AND above.seq = up.parent_seq
        WHERE up.goes_on
            AND up.parent_seq < up.seq
        LIMIT 256
    )
    SELECT
        json_group_array(up.seq)
    FROM up
)) AS segment
CROSS JOIN event AS own ON own.process_id = event.process_id
    AND own.seq = segment.value
CROSS JOIN stack_frame ON stack_frame.stack_id = own.stack_id
CROSS JOIN frame ON frame.id = stack_frame.frame_id
LEFT JOIN library_life ON library_life.process_id = event.process_id
    AND library_life.library_id = COALESCE(
        frame.library_id,
        (
            SELECT
                gone.library_id
            FROM library_life AS gone
            WHERE gone.process_id = event.process_id
                AND gone.start_address <= frame.address
                AND gone.end_address > frame.address
                AND gone.unloaded_seq < event.seq
            ORDER BY gone.unloaded_seq DESC
            LIMIT 1
        )
    )
LEFT JOIN symbol ON symbol.binary_id = library_life.binary_id
    AND symbol.file_address = frame.address - library_life.base_address
    AND symbol.is_exact = frame.is_exact;

-- Where a fatal signal's program counter, its address and its return addresses lay.
CREATE TEMP VIEW fault_place AS
WITH place AS (
    SELECT
        process_id,
        seq,
        signal,
        code,
        'pc' AS part,
        0 AS position,
        pc AS address
    FROM fault
    UNION ALL
    SELECT
        process_id,
        seq,
        signal,
        code,
        'address',
        0,
        address
    FROM fault
    WHERE code > 0
        AND signal IN (4, 5, 7, 8, 11)
    UNION ALL
    SELECT
        fault.process_id,
        fault.seq,
        fault.signal,
        fault.code,
        'frame',
        event_frame.segment * 1000 + event_frame.position,
        CAST(event_frame.address - 1 + event_frame.is_exact AS INTEGER)
    FROM fault
    CROSS JOIN event_frame ON event_frame.process_id = fault.process_id
        AND event_frame.seq = fault.seq
    WHERE event_frame.inline_depth = 0
)
SELECT
    place.process_id,
    place.seq,
    place.signal,
    place.code,
    place.part,                          -- pc, address or frame
    place.position,                      -- of a frame: 0 is the innermost
    place.address,
    library_life.library_id,             -- what lay there: live, or the last one that did
    library_life.path,
    library_life.name AS library,
    CAST(place.address - library_life.base_address AS INTEGER) AS offset, -- in the file
    CASE
        WHEN library_life.library_id IS NULL THEN NULL
        WHEN library_life.unloaded_seq < place.seq THEN 'unloaded'
        WHEN library_life.finalized_seq < place.seq THEN 'finalized'
        ELSE 'mapped'
    END AS state
FROM place
LEFT JOIN library_life ON library_life.process_id = place.process_id
    AND library_life.library_id = (
        SELECT
            candidate.library_id
        FROM library_life AS candidate
        WHERE candidate.process_id = place.process_id
            AND candidate.start_address <= place.address
            AND candidate.end_address > place.address
            AND candidate.since_seq < place.seq
        ORDER BY
            COALESCE(candidate.unloaded_seq, 9223372036854775807) DESC
        LIMIT 1
    );

-- Loads and unloads at run time that no call which was seen can explain: glibc's own, or a blind spot.
CREATE TEMP VIEW unseen_change AS
SELECT
    event.process_id,
    event.seq,
    event.kind,
    event.library_id
FROM event
JOIN library ON library.id = event.library_id
WHERE event.kind IN ('load', 'unload')
    AND library.origin <> 'tracer'
    AND (event.kind = 'unload' OR library.at_start = 0)
    AND NOT EXISTS (
        SELECT
            1
        FROM event AS caller
        WHERE caller.process_id = event.process_id
            AND caller.seq = event.parent_seq
            AND caller.kind IN ('dlopen', 'dlmopen', 'dlclose', 'init')
            AND (caller.kind <> 'init' OR caller.parent_seq IS NOT NULL)
    );

-- How many of them there are of each process.
CREATE TEMP VIEW unseen_caller AS
SELECT
    process.id AS process_id,
    (
        SELECT
            COUNT(*)
        FROM unseen_change
        WHERE unseen_change.process_id = process.id
    ) AS changes
FROM process;

-- How often each file was loaded by a dlopen of it, by place: where it was called from.
CREATE TEMP VIEW library_churn AS
SELECT
    library_life.process_id,
    library_life.binary_id,
    library_life.path,
    library_life.name,
    library_life.namespace,
    opening.caller_library_id,           -- 0: unknown
    opening.stack_id,
    COUNT(*) AS loads,
    COUNT(library_life.unloaded_seq) AS unloads,
    SUM(COALESCE(opening.duration_ns, 0) + COALESCE(closing.duration_ns, 0)) AS spent_ns,
    MIN(opening.seq) AS first_seq,       -- the first dlopen
    MIN(library_life.unloaded_by_seq) AS close_seq -- the first call that unloaded it
FROM library_life
JOIN loader_call AS opening ON opening.process_id = library_life.process_id
    AND opening.seq = library_life.loaded_by_seq
    AND opening.library_id = library_life.library_id
LEFT JOIN loader_call AS closing ON closing.process_id = library_life.process_id
    AND closing.seq = library_life.unloaded_by_seq
    AND closing.library_id = library_life.library_id
WHERE NOT library_life.is_inherited
GROUP BY
    library_life.process_id,
    library_life.binary_id,
    library_life.namespace,
    opening.caller_library_id,
    opening.stack_id;

-- The events about references that the loader knows nothing of, about threads, and uses of closed handles:
-- few, among all the others.
CREATE TEMP VIEW reference_event AS
SELECT
    found.process_id,
    found.seq,
    found.kind,
    event.time_ns,
    event.thread,
    event.parent_seq,
    event.phase,
    event.library_id,
    event.stack_id,
    event.address,
    event.value,
    event.detail,
    event.text_id
-- By the index event_kind, which SQLite takes for what it holds.
FROM event AS found
CROSS JOIN event ON event.process_id = found.process_id
    AND event.seq = found.seq
WHERE found.kind IN (
        'tls_key_create', 'tls_key_delete', 'signal_handler', 'cxa_atexit', 'on_exit', 'putenv',
        'atfork', 'thread_local', 'thread', 'thread_start', 'left', 'dlsym', 'dlvsym', 'dlinfo',
        'stayed'
    )
    AND found.kind <> 'end';

-- The events that most processes have none of: what was lost, forks, and uses of closed handles.
CREATE TEMP VIEW rare_event AS
SELECT
    found.process_id,
    found.seq,
    found.kind,                          -- lost, fork, dlsym, dlvsym or dlinfo
    event.library_id,
    event.address,
    event.value,
    event.text_id
-- By the index event_kind, which SQLite takes for what it holds.
FROM event AS found
CROSS JOIN event ON event.process_id = found.process_id
    AND event.seq = found.seq
WHERE found.kind IN ('lost', 'fork', 'dlsym', 'dlvsym', 'dlinfo')
    AND found.kind <> 'end';

-- Each address that was given to the C library, or taken back, and each creation of a thread that did not
-- fail, with the name of what lies there.
CREATE TEMP VIEW registration AS
SELECT
    event.process_id,
    event.seq,
    event.kind,
    event.time_ns,
    event.thread,
    event.phase,
    event.library_id,                    -- where the address lies
    binary.path,
    replace(
        binary.path,
        rtrim(binary.path, replace(binary.path, '/', '')),
        ''
    ) AS name,                           -- the last part of path
    event.address,                       -- function or string
    COALESCE(
        symbol.name || CASE
            WHEN event.kind = 'putenv' AND symbol.symbol_offset > 0 THEN
                printf('+0x%x', symbol.symbol_offset)
            ELSE ''
        END,
        replace(binary.path, rtrim(binary.path, replace(binary.path, '/', '')), '')
            || printf('+0x%x', event.address - library.base_address),
        CASE
            WHEN event.kind = 'signal_handler' AND event.address = 0 THEN 'SIG_DFL'
            WHEN event.kind = 'signal_handler' AND event.address = 1 THEN 'SIG_IGN'
            WHEN event.address IS NOT NULL THEN printf('0x%x', event.address)
        END
    ) AS label,                          -- the symbol, or where it lies
    CASE
        WHEN event.kind IN ('tls_key_create', 'tls_key_delete', 'signal_handler', 'atfork') THEN
            event.value
    END AS number,                       -- key; signal; 0 prepare, 1 parent, 2 child
    text.value AS text,                  -- the variable's name
    event.stack_id
FROM reference_event AS event
LEFT JOIN library ON library.id = event.library_id
LEFT JOIN binary ON binary.id = library.binary_id
LEFT JOIN symbol ON symbol.binary_id = library.binary_id
    AND symbol.file_address = event.address - library.base_address
    AND symbol.is_exact = 1
    AND symbol.symbol_offset IS NOT NULL
LEFT JOIN text ON text.id = event.text_id
WHERE event.kind IN (
        'tls_key_create', 'tls_key_delete', 'signal_handler', 'cxa_atexit', 'on_exit', 'putenv',
        'atfork', 'thread_local', 'thread'
    )
    AND NOT (
        event.kind = 'thread'
        AND EXISTS (
            SELECT
                1
            FROM call_end
            WHERE call_end.process_id = event.process_id
                AND call_end.seq = event.seq
                AND call_end.result <> 0
        )
    );

-- Each thread that was created while tracing, from its creation to its end.
CREATE TEMP VIEW thread_life AS
WITH life AS (
    SELECT
        creation.process_id,
        creation.seq AS create_seq,
        creation.thread AS creator,
        start.seq AS start_seq,
        start.thread,
        creation.address,
        creation.library_id,
        start.time_ns AS started_ns
    FROM event AS creation
    LEFT JOIN event AS start ON start.process_id = creation.process_id
        AND start.seq = (
            SELECT
                MIN(begun.seq)
            FROM event AS begun
            WHERE begun.process_id = creation.process_id
                AND begun.kind = 'thread_start'
                AND begun.value = creation.seq
        )
    WHERE creation.kind = 'thread'
        AND creation.kind <> 'end'
        AND NOT EXISTS (
            SELECT
                1
            FROM call_end
            WHERE call_end.process_id = creation.process_id
                AND call_end.seq = creation.seq
                AND call_end.result <> 0
        )
    UNION ALL
    SELECT
        start.process_id,
        NULL,
        NULL,
        start.seq,
        start.thread,
        start.address,
        start.library_id,
        start.time_ns
    FROM event AS start
    WHERE start.kind = 'thread_start'
        AND start.kind <> 'end'
        AND NOT EXISTS (
            SELECT
                1
            FROM event AS creation
            WHERE creation.process_id = start.process_id
                AND creation.seq = start.value
                AND creation.kind = 'thread'
        )
)
SELECT
    life.process_id,
    life.create_seq,                     -- NULL: its creation was not seen
    life.creator,                        -- the thread that created it
    life.start_seq,                      -- NULL: it did not come to run
    life.thread,
    life.address,                        -- of its start routine
    life.library_id,                     -- where that lies
    binary.path,
    COALESCE(
        symbol.name,
        replace(binary.path, rtrim(binary.path, replace(binary.path, '/', '')), '')
            || printf('+0x%x', life.address - library.base_address),
        printf('0x%x', life.address)
    ) AS label,                          -- the routine's symbol, or where it lies
    life.started_ns,
    call_end.end_seq,
    call_end.end_time_ns AS ended_ns     -- NULL: alive at the end, or nobody saw it end
FROM life
LEFT JOIN call_end ON call_end.process_id = life.process_id
    AND call_end.seq = life.start_seq
LEFT JOIN library ON library.id = life.library_id
LEFT JOIN binary ON binary.id = library.binary_id
LEFT JOIN symbol ON symbol.binary_id = library.binary_id
    AND symbol.file_address = life.address - library.base_address
    AND symbol.is_exact = 1
    AND symbol.symbol_offset IS NOT NULL;

-- What still refers to a library when it is unloaded (or, at exit, finalized): one row a reference.
CREATE TEMP VIEW left_reference AS
WITH reference AS (
    SELECT
        left_behind.*,
        event.time_ns,
        event.thread,
        event.phase,
        event.library_id,
        event.address,
        event.value,
        event.text_id,
        event.stack_id,
        (
            WITH RECURSIVE up (seq, parent_seq, kind) AS (
                SELECT
                    event.seq,
                    event.parent_seq,
                    event.kind
                UNION ALL
                SELECT
                    above.seq,
                    above.parent_seq,
                    above.kind
                FROM up
                CROSS JOIN event AS above ON above.process_id = event.process_id
                    AND above.seq = up.parent_seq
                WHERE up.parent_seq < up.seq
                LIMIT 256
            )
            SELECT
                up.seq
            FROM up
            WHERE up.kind IN ('dlopen', 'dlmopen', 'dlclose', 'exit')
            LIMIT 1
        ) AS change_seq
    FROM left_behind
    CROSS JOIN event ON event.process_id = left_behind.process_id
        AND event.seq = left_behind.seq
)
SELECT
    reference.process_id,
    reference.seq,
    reference.type,                      -- thread: by its start routine; pointer: found by the census
    reference.time_ns,
    reference.thread,                    -- the one that unloaded
    reference.phase,
    reference.library_id,                -- what goes
    binary.path,
    replace(
        binary.path,
        rtrim(binary.path, replace(binary.path, '/', '')),
        ''
    ) AS name,                           -- the last part of path
    reference.address,                   -- in it: function, string, return address, or pointed to
    COALESCE(
        symbol.name || CASE
            WHEN reference.type IN ('environ', 'pointer') AND symbol.symbol_offset > 0 THEN
                printf('+0x%x', symbol.symbol_offset)
            ELSE ''
        END,
        replace(binary.path, rtrim(binary.path, replace(binary.path, '/', '')), '')
            || printf('+0x%x', reference.address - library.base_address),
        printf('0x%x', reference.address)
    ) AS label,                          -- the symbol, or where it lies
    CASE
        WHEN symbol.name IS NOT NULL THEN symbol.is_data
    END AS is_data,                      -- 1: a variable; 0: code; NULL: it has no symbol
    reference.value AS number,           -- key, signal or thread
    text.value AS text,                  -- the variable's name
    reference.stack_id,                  -- thread_stack: that thread's
    COALESCE(change.kind = 'exit', 0) AS is_at_exit, -- 1: nothing was unloaded
    CASE
        WHEN change.kind <> 'exit' THEN change.seq
    END AS close_seq,                    -- the dlclose, or dlopen that failed; NULL: at exit, or unseen
    CASE
        WHEN change.kind = 'exit' THEN change.seq
    END AS exit_seq,
    reference.registered_process_id,     -- who made it: this process, or one it was forked from
    reference.registered_seq,            -- NULL: its making was not seen
    registered.kind AS registered_kind,
    reference.holder_library_id,         -- pointer: where the word lies
    holder_binary.path AS holder_path,
    replace(
        holder_binary.path,
        rtrim(holder_binary.path, replace(holder_binary.path, '/', '')),
        ''
    ) AS holder_name,
    reference.holder_address,            -- of the word
    COALESCE(
        holder_symbol.name || CASE
            WHEN holder_symbol.symbol_offset > 0 THEN printf('+0x%x', holder_symbol.symbol_offset)
            ELSE ''
        END,
        replace(
            holder_binary.path,
            rtrim(holder_binary.path, replace(holder_binary.path, '/', '')),
            ''
        ) || printf('+0x%x', reference.holder_address - holder.base_address),
        CASE
            WHEN reference.holder_address IS NOT NULL THEN
                printf('0x%x', reference.holder_address)
        END
    ) AS holder_label                    -- the variable, or where the word lies
FROM reference
LEFT JOIN event AS change ON change.process_id = reference.process_id
    AND change.seq = reference.change_seq
LEFT JOIN event AS registered ON registered.process_id = reference.registered_process_id
    AND registered.seq = reference.registered_seq
LEFT JOIN text ON text.id = reference.text_id
LEFT JOIN library ON library.id = reference.library_id
LEFT JOIN binary ON binary.id = library.binary_id
LEFT JOIN symbol ON symbol.binary_id = library.binary_id
    AND symbol.file_address = reference.address - library.base_address
    AND symbol.is_exact = (reference.type <> 'thread_stack')
    AND symbol.symbol_offset IS NOT NULL
LEFT JOIN library AS holder ON holder.id = reference.holder_library_id
LEFT JOIN binary AS holder_binary ON holder_binary.id = holder.binary_id
LEFT JOIN symbol AS holder_symbol ON holder_symbol.binary_id = holder.binary_id
    AND holder_symbol.file_address = reference.holder_address - holder.base_address
    AND holder_symbol.is_exact = 1
    AND holder_symbol.symbol_offset IS NOT NULL;

-- Each use of a handle that was closed for good by then: a dlclose that finds it no more open, and each
-- dlsym, dlvsym and dlinfo of one.
CREATE TEMP VIEW stale_use AS
WITH
-- Where glibc closes without counting: an extra dlclose does nothing, and is not told of.
uncounted AS MATERIALIZED (
    SELECT
        library_life.process_id,
        library_life.library_id
    FROM library_life
    JOIN library ON library.id = library_life.library_id
    WHERE library_life.origin = 'file'
        AND (library.flags_1 & 8 OR library.has_unique OR library.is_pinned)
    UNION
    SELECT
        process_line.process_id,
        loader_call.library_id
    FROM process_line
    CROSS JOIN loader_call ON loader_call.process_id = process_line.member_id
    WHERE loader_call.flags & 4096
        AND loader_call.library_id IS NOT NULL
),
symbol_use AS MATERIALIZED (
    SELECT
        event.process_id,
        event.seq,
        event.kind,
        event.address AS handle,
        event.library_id,
        text.value AS symbol_name
    FROM selected_process
    CROSS JOIN rare_event AS event ON event.process_id = selected_process.process_id
    LEFT JOIN text ON text.id = event.text_id
    WHERE event.kind IN ('dlsym', 'dlvsym', 'dlinfo')
),
suspect AS MATERIALIZED (
    SELECT
        loader_call.handle
    FROM loader_call
    WHERE loader_call.kind = 'dlclose'
        AND (loader_call.library_id IS NULL OR loader_call.is_ok = 0)
    UNION
    SELECT
        loader_call.handle
    FROM uncounted
    CROSS JOIN process_line ON process_line.process_id = uncounted.process_id
    CROSS JOIN loader_call ON loader_call.process_id = process_line.member_id
        AND loader_call.library_id = uncounted.library_id
    WHERE loader_call.kind = 'dlclose'
    UNION
    SELECT
        symbol_use.handle
    FROM symbol_use
),
-- All that was done with such a handle.
use AS MATERIALIZED (
    SELECT
        process_line.process_id,
        process_line.depth,
        loader_call.process_id AS use_process_id,
        loader_call.seq,
        loader_call.kind,
        loader_call.handle,
        loader_call.library_id,
        loader_call.is_ok,
        (loader_call.kind <> 'dlclose' AND COALESCE(loader_call.is_ok, 0)) * loader_call.times AS is_open,
        loader_call.kind = 'dlclose' AND COALESCE(loader_call.is_ok, 1) AS is_close,
        NULL AS symbol_name
    FROM process_line
    CROSS JOIN loader_call ON loader_call.process_id = process_line.member_id
    WHERE loader_call.seq <= process_line.last_seq
        AND loader_call.handle IN (
            SELECT
                handle
            FROM suspect
            WHERE handle <> 0
        )
    UNION ALL
    SELECT
        process_line.process_id,
        process_line.depth,
        symbol_use.process_id,
        symbol_use.seq,
        symbol_use.kind,
        symbol_use.handle,
        symbol_use.library_id,
        NULL,
        0,
        0,
        symbol_use.symbol_name
    FROM process_line
    CROSS JOIN symbol_use ON symbol_use.process_id = process_line.member_id
    WHERE process_line.depth = 0
),
-- What came before it, of the same handle.
numbered AS MATERIALIZED (
    SELECT
        use.*,
        ROW_NUMBER() OVER line AS number,
        SUM(use.is_open) OVER line - use.is_open AS opens,
        SUM(use.is_close) OVER line - use.is_close AS closes,
        LAG(use.use_process_id) OVER line AS last_process_id,
        LAG(use.seq) OVER line AS last_seq,
        LAG(use.library_id) OVER line AS last_library_id
    FROM use
    WINDOW line AS (
        PARTITION BY
            use.process_id,
            use.handle
        ORDER BY
            use.depth DESC,
            use.seq
    )
),
-- The last open and the last close of that: in front of the first that has as many before it.
told AS MATERIALIZED (
    SELECT
        numbered.*,
        -- A dlclose whose dlopen was not seen does not make a later one stale.
        numbered.opens - numbered.closes
            - MIN(0, MIN(numbered.opens - numbered.closes) OVER so_far) AS left_open,
        FIRST_VALUE(numbered.number) OVER since_open AS open_number,
        FIRST_VALUE(numbered.last_process_id) OVER since_open AS open_process_id,
        FIRST_VALUE(numbered.last_seq) OVER since_open AS open_seq,
        FIRST_VALUE(numbered.last_library_id) OVER since_open AS open_library_id,
        FIRST_VALUE(numbered.number) OVER since_close AS close_number,
        FIRST_VALUE(numbered.last_process_id) OVER since_close AS close_process_id,
        FIRST_VALUE(numbered.last_seq) OVER since_close AS close_seq,
        FIRST_VALUE(numbered.last_library_id) OVER since_close AS close_library_id
    FROM numbered
    WINDOW
        so_far AS (
            PARTITION BY
                numbered.process_id,
                numbered.handle
            ORDER BY numbered.number
        ),
        since_open AS (
            PARTITION BY
                numbered.process_id,
                numbered.handle,
                numbered.opens
            ORDER BY numbered.number
        ),
        since_close AS (
            PARTITION BY
                numbered.process_id,
                numbered.handle,
                numbered.closes
            ORDER BY numbered.number
        )
)
SELECT
    told.process_id,
    told.seq,
    told.kind,                           -- dlclose, dlsym, dlvsym or dlinfo
    told.handle,
    library.id AS library_id,            -- the last one with this handle
    binary.path,
    replace(
        binary.path,
        rtrim(binary.path, replace(binary.path, '/', '')),
        ''
    ) AS name,                           -- the last part of path
    told.close_process_id,               -- another one than process_id: closed before the fork
    told.close_seq,                      -- the last dlclose before; NULL: none was seen
    told.open_process_id,
    told.open_seq,                       -- the last dlopen that gave it; NULL: none was seen
    told.symbol_name
FROM told
LEFT JOIN library ON library.id = COALESCE(
        told.library_id,
        CASE
            WHEN told.opens > 0 AND told.open_number > told.close_number THEN told.open_library_id
        END,
        told.close_library_id,
        told.open_library_id
    )
LEFT JOIN binary ON binary.id = library.binary_id
WHERE told.depth = 0
    AND CASE
        WHEN told.kind IN ('dlopen', 'dlmopen') THEN 0
        WHEN told.kind <> 'dlclose' THEN 1
        -- The loader says so itself.
        WHEN told.is_ok = 0 THEN told.opens + told.closes > 0
        -- An object had this handle, and none has it any more.
        WHEN told.library_id IS NULL THEN
            CASE
                WHEN told.opens > 0 AND told.open_number > told.close_number THEN
                    told.open_library_id
                WHEN told.closes > 0 THEN told.close_library_id
            END IS NOT NULL
        ELSE told.is_ok = 1
            AND told.left_open = 0
            AND told.opens > 0
            AND EXISTS (
                SELECT
                    1
                FROM uncounted
                WHERE uncounted.process_id = told.process_id
                    AND uncounted.library_id = told.library_id
            )
    END;

-- Each process: how it ended, and how complete its trace is.
CREATE TEMP VIEW process_summary AS
WITH
ends AS MATERIALIZED (
    SELECT
        process_end.process_id,
        MIN(process_end.ended_unix_ns) AS ended_unix_ns,
        -- Whoever waited for it knows best.
        COALESCE(
            MAX(CASE WHEN process_end.witness = 'wait' THEN process_end.status END),
            MAX(process_end.status)
        ) AS status,
        MAX(process_end.signal) AS signal,
        MAX(process_end.core_dumped) AS core_dumped,
        MAX(process_end.witness = 'bye') AS has_bye,
        MAX(process_end.witness = 'exec') AS has_exec
    FROM process_end
    GROUP BY process_end.process_id
),
summary AS (
    SELECT
        process.id AS process_id,
        process.stream,
        process.pid,
        process.ppid,
        process.parent_id,
        process.executable,
        process.arguments,
        process.interposer_version,
        process.hello_flags,
        process.started_unix_ns,
        process.started_ns,
        ends.ended_unix_ns,
        ends.status,
        COALESCE(
            ends.signal,
            CASE
                WHEN NOT COALESCE(ends.has_bye OR ends.has_exec, 0) THEN (
                    SELECT
                        fault.signal
                    FROM fault
                    WHERE fault.process_id = process.id
                    ORDER BY fault.seq DESC
                    LIMIT 1
                )
            END
        ) AS signal,
        ends.core_dumped,
        COALESCE(ends.has_bye, 0) AS has_bye,
        COALESCE(ends.has_exec, 0) AS has_exec,
        ends.process_id IS NOT NULL AS is_ended,
        -- Totals, since a sum of forged numbers overflows.
        CAST(MIN(
            MAX(
                (
                    SELECT
                        TOTAL(gap.last_seq - gap.first_seq + 1)
                    FROM gap
                    WHERE gap.process_id = process.id
                ),
                (
                    SELECT
                        TOTAL(rare_event.value)
                    FROM rare_event
                    WHERE rare_event.process_id = process.id
                        AND rare_event.kind = 'lost'
                )
            ),
            9.0e18
        ) AS INTEGER) AS lost_records,
        (
            SELECT
                COUNT(*)
            FROM broken_input
            WHERE broken_input.stream = process.stream
        ) AS broken_inputs,
        COALESCE(
            (
                SELECT
                    pruned.last_seq
                FROM pruned
                WHERE pruned.process_id = process.id
            ),
            0
        ) AS pruned_seq,
        (
            SELECT
                unseen_caller.changes
            FROM unseen_caller
            WHERE unseen_caller.process_id = process.id
        ) AS unseen_callers,
        (
            SELECT
                COUNT(*)
            FROM rare_event
            WHERE rare_event.process_id = process.id
                AND rare_event.kind = 'fork'
                AND rare_event.address <> 0
                AND NOT EXISTS (
                    SELECT
                        1
                    FROM process AS child
                    WHERE child.stream = rare_event.address
                )
                -- Of pruned processes nobody knows whether they ever were.
                AND (
                    SELECT
                        COUNT(*) = MAX(every.id)
                    FROM process AS every
                )
        ) AS silent_children
    FROM process
    LEFT JOIN ends ON ends.process_id = process.id
)
SELECT
    process_id,
    pid,
    ppid,
    parent_id,                           -- a forked child: the process it was forked from
    executable,
    arguments,                           -- JSON array of strings
    started_unix_ns,
    started_ns,                          -- by the clock of event.time_ns
    ended_unix_ns,                       -- NULL: no end was seen
    CASE
        WHEN signal IS NOT NULL THEN 'killed'
        WHEN has_bye OR status IS NOT NULL THEN 'exited'
        WHEN has_exec THEN 'exec'
        WHEN is_ended THEN 'gone'
        ELSE 'running'
    END AS ending,                       -- gone: it vanished; running: no end was seen
    CASE
        WHEN signal IS NULL THEN status
    END AS status,                       -- exit status
    signal,                              -- that killed it
    core_dumped,
    lost_records,                        -- that never arrived: they are part of its numbering
    broken_inputs,                       -- stretches of bytes that claim to be of it and were no record
    unseen_callers,                      -- loads and unloads of which no call was seen
    pruned_seq,                          -- events up to this one were pruned; 0: none was
    silent_children,                     -- processes it forked of which nothing arrived, not even a count
    lost_records = 0
        AND broken_inputs = 0
        AND pruned_seq = 0
        AND (has_bye OR has_exec)
        AND signal IS NULL AS is_complete,
    interposer_version,
    hello_flags
FROM summary;

-- What happened in a process, one row an event with its outcome; indent by depth.
CREATE TEMP VIEW time_line AS
SELECT
    event.process_id,
    event.seq,
    CAST(event.time_ns - process.started_ns AS INTEGER) AS since_start_ns,
    event.time_ns,
    event.thread,
    event.kind,
    event.phase,
    event.parent_seq,
    (
        WITH RECURSIVE up (seq, parent_seq) AS (
            SELECT
                event.seq,
                event.parent_seq
            UNION ALL
            SELECT
                above.seq,
                above.parent_seq
            FROM up
            CROSS JOIN event AS above ON above.process_id = event.process_id
                AND above.seq = up.parent_seq
            WHERE up.parent_seq < up.seq
            LIMIT 256
        )
        SELECT
            COUNT(*) - 1
        FROM up
    ) AS depth,                          -- 0: beneath nothing
    COALESCE(event.library_id, call_end.library_id) AS library_id,
    binary.path,                         -- of the library it is about
    binary.build_id,
    library.soname,
    library.origin,
    library.generation,                  -- number of this load in its process
    library.base_address,
    library.start_address,
    library.end_address,
    library.namespace,
    library.at_start,
    text.value AS name,                  -- what was asked for, or a variable's or symbol's name
    CASE
        WHEN event.kind IN ('dlopen', 'dlmopen') THEN
            CASE event.value & 3
                WHEN 1 THEN 'RTLD_LAZY'
                WHEN 2 THEN 'RTLD_NOW'
                WHEN 3 THEN 'RTLD_LAZY|RTLD_NOW'
                ELSE '0'
            END
            || CASE WHEN event.value & 4 THEN '|RTLD_NOLOAD' ELSE '' END
            || CASE WHEN event.value & 8 THEN '|RTLD_DEEPBIND' ELSE '' END
            || CASE WHEN event.value & 256 THEN '|RTLD_GLOBAL' ELSE '' END
            || CASE WHEN event.value & 4096 THEN '|RTLD_NODELETE' ELSE '' END
    END AS flags_text,                   -- of dlopen, as in dlopen(3)
    event.address,                       -- function, string, handle given, or fault address
    event.value,                         -- flags, status, signal, key, or thread
    event.detail,
    symbol.name AS symbol,               -- of what lies at address: a function, or a variable
    symbol.source_file AS file,
    symbol.source_line AS line,
    call_end.end_seq,                    -- NULL: nothing to end, or it never returned
    CAST(call_end.end_time_ns - event.time_ns AS INTEGER) AS duration_ns,
    call_end.result,
    call_end.error,
    left_behind.type AS left_type,       -- of left: what refers to the library that goes
    left_behind.registered_process_id,   -- of left: who made it
    left_behind.registered_seq,
    other_binary.path AS other_path,     -- of left and stayed: of the library that holds this one
    left_behind.holder_address           -- of left: of the word in it
FROM event
JOIN process ON process.id = event.process_id
LEFT JOIN call_end ON call_end.process_id = event.process_id
    AND call_end.seq = event.seq
LEFT JOIN library ON library.id = COALESCE(event.library_id, call_end.library_id)
LEFT JOIN binary ON binary.id = library.binary_id
LEFT JOIN text ON text.id = event.text_id
LEFT JOIN symbol ON event.kind IN (
        'fini_function', 'exit_handler', 'thread_destructor', 'fork_handler', 'tls_key_create',
        'signal_handler', 'cxa_atexit', 'on_exit', 'putenv', 'atfork', 'thread_local', 'thread',
        'thread_start', 'left'
    )
    AND symbol.binary_id = library.binary_id
    AND symbol.file_address = event.address - library.base_address
    -- Of a frame that was left on a stack (DLT_WIRE_REF_THREAD_STACK) it is a return address.
    AND symbol.is_exact = NOT (event.kind = 'left' AND event.detail = 10)
    AND symbol.symbol_offset IS NOT NULL
LEFT JOIN left_behind ON event.kind = 'left'
    AND left_behind.process_id = event.process_id
    AND left_behind.seq = event.seq
LEFT JOIN library AS other ON other.id = CASE event.kind
        WHEN 'left' THEN left_behind.holder_library_id
        WHEN 'stayed' THEN event.detail
    END
LEFT JOIN binary AS other_binary ON other_binary.id = other.binary_id
WHERE event.kind <> 'end'
    AND (library.origin IS NULL OR library.origin <> 'tracer');

-- Each library that outlived its last dlclose, or that was never closed and stayed until the end.
CREATE TEMP VIEW library_kept AS
WITH last_close AS MATERIALIZED (
    SELECT
        loader_call.process_id,
        loader_call.library_id,
        loader_call.phase,
        MAX(loader_call.seq) AS seq
    FROM loader_call
    WHERE loader_call.kind = 'dlclose'
        AND loader_call.is_ok
        AND loader_call.library_id IS NOT NULL
    GROUP BY
        loader_call.process_id,
        loader_call.library_id
)
SELECT
    library_life.process_id,
    library_life.library_id,
    last_close.seq AS close_seq,         -- its last dlclose that returned 0; NULL: it had none
    last_close.phase AS close_phase,
    COALESCE(last_close.seq, 9223372036854775807) AS since_seq, -- from here on it stayed
    library_life.unloaded_seq            -- NULL: it stayed until the end
FROM library_life
LEFT JOIN last_close ON last_close.process_id = library_life.process_id
    AND last_close.library_id = library_life.library_id
WHERE library_life.origin = 'file'
    AND (
        library_life.unloaded_seq IS NULL
        OR library_life.unloaded_by_seq > last_close.seq
    );

-- Why a library of library_kept stayed, as far as the trace tells.
CREATE TEMP VIEW stay_reason AS
WITH
kept AS MATERIALIZED (
    SELECT
        library_kept.process_id,
        library_kept.library_id,
        library_kept.close_seq,
        library_kept.since_seq,
        library.flags_1,
        library.has_unique,
        library.is_pinned,
        library.at_start
    FROM library_kept
    CROSS JOIN library ON library.id = library_kept.library_id
),
-- What the library was bound by when its last dlclose left it.
binding AS MATERIALIZED (
    SELECT
        kept.process_id,
        kept.library_id,
        reference_event.value AS reason,
        'symbol ' || text.value || CASE
            WHEN holder.library_id = kept.library_id THEN ''
            ELSE ' (by ' || COALESCE(holder.name, 'unknown code') || ')'
        END AS words,
        COALESCE(holder.name, 'a library') || ', which does not need it, is bound to its symbol '
            || text.value AS holder_words
    FROM kept
    CROSS JOIN event AS reference_event ON reference_event.library_id = kept.library_id
        AND reference_event.process_id = kept.process_id
    LEFT JOIN library_life AS holder ON holder.process_id = reference_event.process_id
        AND holder.library_id = reference_event.detail
    LEFT JOIN text ON text.id = reference_event.text_id
    WHERE reference_event.kind = 'stayed'
        AND reference_event.seq > kept.close_seq
),
-- Threads that had registered a thread_local destructor of it, less those that had run it.
thread_local_use AS MATERIALIZED (
    SELECT
        kept.process_id,
        kept.library_id,
        event.thread,
        SUM(
            CASE
                WHEN event.seq > kept.since_seq THEN 0
                WHEN event.kind = 'thread_local' THEN 1
                ELSE -1
            END
        ) AS pending,
        MIN(
            CASE
                WHEN event.kind = 'thread_destructor' AND event.seq > kept.since_seq THEN event.seq
            END
        ) AS run_seq
    FROM kept
    JOIN event ON event.process_id = kept.process_id
        AND event.library_id = kept.library_id
        AND event.kind IN ('thread_local', 'thread_destructor')
    WHERE event.kind = 'thread_local'
        OR event.detail = 6
    GROUP BY
        kept.process_id,
        kept.library_id,
        event.thread
),
reason AS (
    SELECT
        kept.process_id,
        kept.library_id,
        1 AS rank,
        (
            SELECT
                SUM(handle_open.times) || CASE
                    WHEN SUM(handle_open.times) = 1 THEN ' open of it is'
                    ELSE ' opens of it are'
                END || ' not closed, by '
                    || group_concat(DISTINCT COALESCE(caller.name, 'unknown code'))
            FROM handle_open
            LEFT JOIN library_life AS caller ON caller.process_id = handle_open.process_id
                AND caller.library_id = handle_open.caller_library_id
            WHERE handle_open.process_id = kept.process_id
                AND handle_open.library_id = kept.library_id
                AND (
                    handle_open.open_process_id <> kept.process_id
                    OR handle_open.open_seq < kept.since_seq
                )
                AND (
                    handle_open.close_seq IS NULL
                    OR (
                        handle_open.close_process_id = kept.process_id
                        AND handle_open.close_seq > kept.since_seq
                    )
                )
        ) AS reason,
        'Close every handle of it: each successful dlopen needs a dlclose of its own.' AS remedy
    FROM kept
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        2,
        'it is linked with -z nodelete (DF_1_NODELETE)',
        'Link it without -Wl,-z,nodelete if it is to go.'
    FROM kept
    WHERE (kept.flags_1 & 8) <> 0
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        3,
        'it was pinned for an experiment (DLTRACE_PIN, dltrace run --pin)',
        NULL
    FROM kept
    WHERE kept.is_pinned
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        3,
        (
            SELECT
                'it was opened with RTLD_NODELETE (event ' || MIN(loader_call.seq) || ')'
            FROM process_line
            CROSS JOIN loader_call ON loader_call.process_id = process_line.member_id
                AND loader_call.library_id = kept.library_id
                AND loader_call.seq <= process_line.last_seq
            WHERE process_line.process_id = kept.process_id
                AND loader_call.kind <> 'dlclose'
                AND loader_call.is_ok
                AND (loader_call.flags & 4096) <> 0
                AND (process_line.depth > 0 OR loader_call.seq < kept.since_seq)
        ),
        'Open it without RTLD_NODELETE if it is to go.'
    FROM kept
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        4,
        COALESCE(
            (
                SELECT
                    'its unique ' || group_concat(DISTINCT binding.words)
                        || ' (STB_GNU_UNIQUE) is bound, which pins it for good'
                FROM binding
                WHERE binding.process_id = kept.process_id
                    AND binding.library_id = kept.library_id
                    AND binding.reason = 1
            ),
            CASE
                WHEN kept.has_unique
                    THEN 'it defines a unique symbol (STB_GNU_UNIQUE), which pins it once it is bound'
            END
        ),
        'Compile it with -fno-gnu-unique if it is to go.'
    FROM kept
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        5,
        (
            SELECT
                CASE
                    WHEN TOTAL(MAX(thread_local_use.pending, 1)) = 1 THEN 'a thread_local destructor'
                    ELSE CAST(TOTAL(MAX(thread_local_use.pending, 1)) AS INTEGER)
                        || ' thread_local destructors'
                END || ' of it had still to run, in thread '
                    || group_concat(
                        thread_local_use.thread
                            || COALESCE(' (event ' || thread_local_use.run_seq || ')', ''),
                        ', '
                    )
            FROM thread_local_use
            WHERE thread_local_use.process_id = kept.process_id
                AND thread_local_use.library_id = kept.library_id
                AND (thread_local_use.pending > 0 OR thread_local_use.run_seq IS NOT NULL)
            HAVING COUNT(*) > 0
        ),
        'End the threads that used it before it is closed.'
    FROM kept
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        6,
        (
            SELECT
                group_concat(needing.library, ', ') || CASE
                    WHEN COUNT(*) = 1 THEN ' needs it'
                    ELSE ' need it'
                END
            FROM (
                SELECT DISTINCT
                    library_need.library
                FROM library_need
                WHERE library_need.process_id = kept.process_id
                    AND library_need.needed_library_id = kept.library_id
                    AND library_need.since_seq < kept.since_seq
                    AND (
                        library_need.unloaded_seq IS NULL
                        OR library_need.unloaded_seq > kept.since_seq
                    )
            ) AS needing
        ),
        'Close what needs it first.'
    FROM kept
    UNION ALL
    SELECT
        binding.process_id,
        binding.library_id,
        7,
        group_concat(DISTINCT binding.holder_words),
        'Close what is bound to it first, or have it linked against this library (-l), so that its closing lets'
            || ' go of both.'
    FROM binding
    WHERE binding.reason = 2
    GROUP BY
        binding.process_id,
        binding.library_id
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        8,
        'it was there when the program started',
        NULL
    FROM kept
    WHERE kept.at_start
    UNION ALL
    SELECT
        kept.process_id,
        kept.library_id,
        9,
        'it was left to the dlclose around it (event ' || outer_close.seq || '), which never returned',
        NULL
    FROM kept
    -- Most are beneath nothing, which costs less to see here.
    CROSS JOIN loader_call AS inner_close ON inner_close.process_id = kept.process_id
        AND inner_close.seq = kept.close_seq
        AND inner_close.parent_seq IS NOT NULL
    JOIN enclosing_event ON enclosing_event.process_id = kept.process_id
        AND enclosing_event.seq = kept.close_seq
        AND enclosing_event.kind = 'dlclose'
    JOIN loader_call AS outer_close ON outer_close.process_id = kept.process_id
        AND outer_close.seq = enclosing_event.enclosing_seq
        AND outer_close.end_seq IS NULL
)
SELECT
    process_id,
    library_id,
    rank,                                -- in the order in which they are told
    reason,
    remedy                               -- NULL: none is needed
FROM reason
WHERE reason IS NOT NULL;

-- The names of the signals.
CREATE TEMP VIEW signal_name AS
SELECT
    column1 AS signal,                   -- its number, signal(7)
    column2 AS name
FROM (
    VALUES
    (1, 'SIGHUP'), (2, 'SIGINT'), (3, 'SIGQUIT'), (4, 'SIGILL'), (5, 'SIGTRAP'), (6, 'SIGABRT'),
    (7, 'SIGBUS'), (8, 'SIGFPE'), (9, 'SIGKILL'), (10, 'SIGUSR1'), (11, 'SIGSEGV'),
    (12, 'SIGUSR2'), (13, 'SIGPIPE'), (14, 'SIGALRM'), (15, 'SIGTERM'), (16, 'SIGSTKFLT'),
    (17, 'SIGCHLD'), (18, 'SIGCONT'), (19, 'SIGSTOP'), (20, 'SIGTSTP'), (21, 'SIGTTIN'),
    (22, 'SIGTTOU'), (23, 'SIGURG'), (24, 'SIGXCPU'), (25, 'SIGXFSZ'), (26, 'SIGVTALRM'),
    (27, 'SIGPROF'), (28, 'SIGWINCH'), (29, 'SIGIO'), (30, 'SIGPWR'), (31, 'SIGSYS')
);

-- How to say a span of time: in the unit of the row that it falls in.
CREATE TEMP VIEW time_unit AS
SELECT
    column1 AS from_ns,                  -- spans from here on
    column2 AS below_ns,                 -- to below this
    column3 AS unit_ns,                  -- divide by it
    column4 AS unit
FROM (
    VALUES
    (-9223372036854775807, 10000, 1, 'ns'),
    (10000, 10000000, 1000, 'µs'),
    (10000000, 10000000000, 1000000, 'ms'),
    (10000000000, 9223372036854775807, 1000000000, 's')
);

-- Whose each library is: who opened it, what unloaded it, and how to keep it; in words, and as evidence
-- of a rule.
CREATE TEMP VIEW library_owner AS
SELECT
    library_life.process_id,
    library_life.library_id,
    library_life.path,
    library_life.name,
    library_life.path LIKE '/usr/lib%'
        OR library_life.path LIKE '/lib%' AS is_foreign, -- 1: the system's, not the program's own
    EXISTS (
        SELECT
            1
        FROM library_needed
        WHERE library_needed.library_id = library_life.library_id
            AND (
                library_needed.name LIKE 'libstdc++.so%'
                OR library_needed.name LIKE 'libc++.so%'
            )
    ) AS is_cpp,                         -- 1: needs a C++ library
    owner.library_id AS owner_library_id, -- who opened it; NULL: unknown
    COALESCE(owner.name, 'unknown code') AS owner_name,
    library_opener.open_process_id,
    library_opener.open_seq,
    CASE
        WHEN library_opener.open_seq IS NULL AND library_life.at_start
            THEN library_life.name || ' was there when the program started'
        WHEN library_opener.open_seq IS NULL
            THEN 'the call that opened ' || library_life.name || ' was not seen'
        WHEN library_opener.is_direct
            THEN library_life.name || ' was opened by ' || COALESCE(owner.name, 'unknown code')
                || ' (event ' || library_opener.open_seq || ')'
        ELSE library_life.name || ' came as a dependency of '
            || COALESCE(opened.name, 'what') || CASE
                WHEN opened.name IS NULL THEN ' '
                ELSE ', which '
            END || COALESCE(owner.name, 'unknown code')
            || ' opened (event ' || library_opener.open_seq || ')'
    END AS opened,                       -- in words
    CASE
        WHEN library_opener.open_seq IS NOT NULL
            THEN json_object(
                'role', 'open',
                'event', library_opener.open_seq,
                'process', library_opener.open_process_id
            )
    END AS open_evidence,                -- an item of a rule's evidence
    CASE
        WHEN library_life.unloaded_seq IS NULL THEN NULL
        WHEN library_life.unloaded_by_kind = 'dlclose'
            THEN library_life.name || ' was unloaded by the dlclose of event '
                || library_life.unloaded_by_seq || ', called by '
                || COALESCE(closer.name, 'unknown code')
        WHEN library_life.unloaded_by_kind IS NOT NULL
            THEN library_life.name || ' was unloaded again when the '
                || library_life.unloaded_by_kind || ' of event ' || library_life.unloaded_by_seq
                || ' failed'
        ELSE library_life.name || ' was unloaded (event ' || library_life.unloaded_seq
            || ') by a caller that could not be seen'
    END AS unloaded,                     -- in words; NULL: it was not
    CASE
        WHEN library_life.unloaded_by_seq IS NOT NULL
            THEN json_object('role', 'close', 'event', library_life.unloaded_by_seq)
    END AS close_evidence,               -- an item of a rule's evidence
    CASE
        WHEN library_life.path LIKE '/usr/lib%' OR library_life.path LIKE '/lib%'
            THEN library_life.name || ' is not part of the program: send this report to its'
                || ' maintainers. Until then keep it in memory: in the program, once at start, dlopen("'
                || library_life.path || '", RTLD_LAZY | RTLD_NODELETE). Safe; it stays until exit.'
        ELSE 'Safe at once: link ' || library_life.name || ' with -Wl,-z,nodelete, or open it with'
            || ' RTLD_NODELETE; it stays until exit.'
    END AS keep_remedy                   -- what always helps
FROM library_life
LEFT JOIN library_opener ON library_opener.process_id = library_life.process_id
    AND library_opener.library_id = library_life.library_id
LEFT JOIN loader_call AS open_call ON open_call.process_id = library_opener.open_process_id
    AND open_call.seq = library_opener.open_seq
LEFT JOIN library_life AS owner ON owner.process_id = library_life.process_id
    AND owner.library_id = open_call.caller_library_id
LEFT JOIN library_life AS opened ON opened.process_id = library_life.process_id
    AND opened.library_id = open_call.library_id
LEFT JOIN loader_call AS close_call ON close_call.process_id = library_life.process_id
    AND close_call.seq = library_life.unloaded_by_seq
LEFT JOIN library_life AS closer ON closer.process_id = library_life.process_id
    AND closer.library_id = close_call.caller_library_id;

-- Each reference that dangles since its library was unloaded, with whose library it is, and its evidence.
CREATE TEMP VIEW dangling_reference AS
SELECT
    left_reference.process_id,
    left_reference.seq,
    left_reference.type,
    left_reference.library_id,
    left_reference.path,
    left_reference.name,
    left_reference.address,
    left_reference.label,
    left_reference.number,
    left_reference.text,
    left_reference.stack_id,
    left_reference.close_seq,
    left_reference.registered_process_id,
    left_reference.registered_seq,
    left_reference.holder_library_id,
    left_reference.holder_path,
    left_reference.holder_name,
    left_reference.holder_label,
    library_owner.is_foreign,
    library_owner.is_cpp,
    COALESCE(
        library_owner.opened,
        'the call that opened ' || COALESCE(left_reference.name, 'it') || ' was not seen'
    ) AS opened,                         -- who opened the library, in words
    COALESCE(
        library_owner.unloaded,
        left_reference.name || ' was unloaded (event ' || left_reference.seq || ')'
    ) AS unloaded,                       -- what unloaded it, in words
    library_owner.keep_remedy,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            CASE
                WHEN left_reference.registered_seq IS NOT NULL
                    THEN json_object(
                        'role', CASE left_reference.type
                            WHEN 'signal_handler' THEN 'install'
                            WHEN 'thread' THEN 'create'
                            WHEN 'thread_stack' THEN 'create'
                            ELSE 'register'
                        END,
                        'event', left_reference.registered_seq,
                        'process', left_reference.registered_process_id
                    )
            END,
            CASE
                WHEN left_reference.close_seq IS NOT NULL
                    THEN json_object('role', 'close', 'event', left_reference.close_seq)
            END,
            json(library_owner.open_evidence),
            CASE
                WHEN left_reference.stack_id IS NOT NULL
                    THEN json_object('role', 'use', 'event', left_reference.seq)
            END
        )) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,                       -- of a rule
    COUNT(*) OVER same AS times,         -- so many of the same path, label and text
    ROW_NUMBER() OVER (same ORDER BY left_reference.seq) AS occurrence -- 1 is the first of them
FROM left_reference
LEFT JOIN library_owner ON library_owner.process_id = left_reference.process_id
    AND library_owner.library_id = left_reference.library_id
-- An older library may have left it, that lay where this one did.
LEFT JOIN event AS made ON made.process_id = left_reference.registered_process_id
    AND made.seq = left_reference.registered_seq
WHERE left_reference.is_at_exit = 0
    AND (
        left_reference.type IN ('thread_stack', 'pointer')
        OR made.library_id IS NULL
        OR made.library_id = left_reference.library_id
    )
WINDOW same AS (
    PARTITION BY
        left_reference.process_id,
        left_reference.type,
        left_reference.path,
        left_reference.label,
        left_reference.text
);
