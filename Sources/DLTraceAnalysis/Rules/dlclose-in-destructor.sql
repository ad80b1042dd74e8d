-- title: dlclose called from a destructor
-- severity: warning if it unloaded something, else note
-- subject: loader_call
--
-- What it means
--   A dlclose ran beneath a destructor: a library's fini function, the
--   destructor of a static or thread_local object, or a function given to
--   atexit or on_exit. At that time other destructors have still to run, and
--   nobody controls in which order. If the dlclose unloads a library, whatever
--   still points into it (a virtual table, a callback, a registered
--   destructor) crashes when it is used next.
--
--   The phase says what such a dlclose can do:
--     dlclose        a library's fini inside a dlclose. glibc only notes the
--                    inner dlclose; the outer one carries it out and unloads
--                    the inner library together with its own.
--     exit-handlers  exit runs static destructors and atexit functions, also
--                    those of libraries that were opened with dlopen. Nothing
--                    protects them: the dlclose unloads at once.
--     exit-fini      the loader's own pass at exit. It holds every library:
--                    the dlclose unloads nothing.
--     thread-exit    a thread ends. The dlclose unloads at once, while other
--                    threads run.
--
-- How to tell it from a harmless case
--   A note means that nothing was unloaded: it does no harm in this phase, and
--   is reported since the same code does in another one (a library that is
--   closed by hand in place of at exit, for example). A warning means that
--   libraries went away; it is a defect in waiting, also when this run ended
--   well. With self-unload or use-after-unload beside it, it is the cause.
--
-- Remedies
--   - An explicit shutdown function, or a reference-counted owner that closes
--     the handle before the library's destructors run: the fix.
--   - RTLD_NODELETE, or -Wl,-z,nodelete, on the library that is closed: safe;
--     it stays until exit.
--   - Leaking the handle: safe, but the library can never be loaded anew.
--   - __attribute__((destructor)) in place of a static object: helps at exit
--     only, since it runs in the protected phase exit-fini; beneath a dlclose
--     it is the same bug.
WITH
inner_close AS MATERIALIZED (
    SELECT
        loader_call.process_id,
        loader_call.seq,
        loader_call.library_id,
        destructor_of_event.destructor_seq,
        destructor_of_event.library_id AS destructor_library_id,
        destructor_of_event.kind AS destructor_kind,
        destructor_of_event.type AS destructor_type,
        COALESCE(destructor_of_event.phase, loader_call.phase) AS phase
    FROM loader_call
    CROSS JOIN destructor_of_event ON destructor_of_event.process_id = loader_call.process_id
        AND destructor_of_event.seq = loader_call.seq
    WHERE loader_call.kind = 'dlclose'
        AND loader_call.parent_seq IS NOT NULL
        AND COALESCE(loader_call.is_ok, 1)
),
effect AS MATERIALIZED (
    SELECT
        close_effect.process_id,
        close_effect.close_seq,
        close_effect.carried_out_by_seq,
        MAX(close_effect.is_deferred) AS is_deferred,
        group_concat(library_life.name, ', ') AS unloaded,
        group_concat(library_life.path, ', ') AS unloaded_paths
    FROM close_effect
    JOIN library_life ON library_life.process_id = close_effect.process_id
        AND library_life.library_id = close_effect.library_id
    WHERE EXISTS (
        SELECT
            1
        FROM inner_close
        WHERE inner_close.process_id = close_effect.process_id
            AND inner_close.seq = close_effect.close_seq
    )
    GROUP BY
        close_effect.process_id,
        close_effect.close_seq
),
found AS (
    SELECT
        inner_close.process_id,
        inner_close.seq,
        inner_close.destructor_seq,
        inner_close.phase,
        closed.path AS closed_path,
        COALESCE(closed.name, 'a handle of no library') AS closed_name,
        library_opener.open_process_id,
        library_opener.open_seq,
        COALESCE((closed.flags_1 & 8) <> 0, 0) OR EXISTS (
            SELECT
                1
            FROM handle_open
            WHERE handle_open.process_id = inner_close.process_id
                AND handle_open.library_id = inner_close.library_id
                AND (handle_open.open_flags & 4096) <> 0
        ) AS is_nodelete,
        COALESCE(owner.path, '') AS owner_path,
        COALESCE(owner.name, 'code outside of every library') AS owner_name,
        COALESCE(owner.path LIKE '/usr/lib%' OR owner.path LIKE '/lib%', 0) AS is_foreign,
        CASE
            WHEN inner_close.destructor_kind = 'fini' THEN 'finalization'
            WHEN inner_close.destructor_type = 7
                THEN 'pthread_key destructor ' || destructor_function.label
            WHEN inner_close.destructor_kind = 'thread_destructor'
                THEN 'thread_local destructor ' || destructor_function.label
            WHEN inner_close.destructor_kind = 'fini_function'
                THEN 'destructor function ' || destructor_function.label
            WHEN inner_close.destructor_type = 4
                THEN 'on_exit function ' || destructor_function.label
            WHEN destructor_function.symbol LIKE '%~%'
                THEN 'static destructor ' || destructor_function.label
            ELSE 'exit handler ' || destructor_function.label
        END AS destructor,
        effect.carried_out_by_seq,
        effect.is_deferred,
        effect.unloaded,
        effect.unloaded_paths,
        COUNT(*) OVER (PARTITION BY
            inner_close.process_id,
            closed.path,
            owner.path,
            destructor_function.label,
            inner_close.phase,
            effect.unloaded IS NULL
        ) AS times,
        ROW_NUMBER() OVER (
            PARTITION BY
                inner_close.process_id,
                closed.path,
                owner.path,
                destructor_function.label,
                inner_close.phase,
                effect.unloaded IS NULL
            ORDER BY inner_close.seq
        ) AS number
    FROM inner_close
    LEFT JOIN library_life AS closed ON closed.process_id = inner_close.process_id
        AND closed.library_id = inner_close.library_id
    LEFT JOIN library_life AS owner ON owner.process_id = inner_close.process_id
        AND owner.library_id = inner_close.destructor_library_id
    LEFT JOIN library_opener ON library_opener.process_id = inner_close.process_id
        AND library_opener.library_id = inner_close.library_id
    LEFT JOIN destructor_function ON destructor_function.process_id = inner_close.process_id
        AND destructor_function.seq = inner_close.destructor_seq
    LEFT JOIN effect ON effect.process_id = inner_close.process_id
        AND effect.close_seq = inner_close.seq
)
SELECT
    process_id,
    COALESCE(closed_path, owner_path) AS library,
    CASE
        WHEN unloaded IS NULL THEN 'note'
        ELSE 'warning'
    END AS severity,
    'the ' || destructor || ' of ' || owner_name || ' calls dlclose on ' || closed_name
        || CASE phase
            WHEN 'dlclose' THEN ' while a dlclose finalizes ' || owner_name
            WHEN 'exit-handlers' THEN ' at exit, among the exit handlers'
            WHEN 'exit-fini' THEN ' at exit, in the loader''s own pass'
            WHEN 'thread-exit' THEN ' while a thread ends'
            ELSE ''
        END
        || ' (phase ' || COALESCE(phase, 'unknown') || '); '
        || CASE
            WHEN unloaded IS NULL AND phase = 'exit-fini'
                THEN 'nothing was unloaded: the loader holds every library in this phase'
            WHEN unloaded IS NULL THEN 'nothing was unloaded by it'
            WHEN is_deferred
                THEN 'glibc deferred it, and the dlclose around it unloaded ' || unloaded
            ELSE 'it unloaded ' || unloaded || ' at once'
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM json_each(json_array(
            'unloaded because of it: ' || COALESCE(unloaded_paths, 'nothing'),
            CASE
                WHEN is_deferred
                    THEN 'deferred: carried out by the dlclose of event ' || carried_out_by_seq
                WHEN unloaded IS NOT NULL THEN 'not deferred: carried out at once'
            END,
            CASE
                WHEN unloaded IS NOT NULL AND phase = 'exit-handlers'
                    THEN 'destructors and exit handlers that run after it and still use ' || unloaded
                        || ' crash'
                WHEN unloaded IS NOT NULL
                    THEN 'what still uses ' || unloaded || ' after it crashes'
            END,
            CASE
                WHEN times > 1 THEN 'happened ' || times || ' times; this is the first'
            END
        )) AS line
        WHERE line.value IS NOT NULL
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM json_each(json_array(
            json_object('role', 'close', 'event', seq),
            json_object('role', 'destructor', 'event', destructor_seq),
            CASE
                WHEN is_deferred
                    THEN json_object('role', 'close', 'event', carried_out_by_seq)
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
        WHEN unloaded IS NULL AND phase = 'exit-fini' THEN json_array(
            'Nothing has to be done for exit. If ' || owner_name || ' is ever closed at run time, the same'
                || ' call unloads: close the handle in an explicit shutdown function then.'
        )
        WHEN unloaded IS NULL AND is_nodelete THEN json_array(
            'Nothing has to be done: ' || closed_name || ' is kept in memory by RTLD_NODELETE or -z nodelete,'
                || ' so this dlclose can unload nothing.'
        )
        WHEN unloaded IS NULL THEN json_array(
            'No harm was done this time: something else holds ' || closed_name || '. Close the handle in an'
                || ' explicit shutdown function all the same, so that nothing depends on that.'
        )
        WHEN is_foreign THEN json_array(
            owner_name || ' is not part of the program: send this report to its maintainers. It should close'
                || ' the handle in an explicit shutdown function, before its destructors run.',
            'Until then keep ' || closed_name || ' in memory: in the program, once at start, dlopen("'
                || closed_path || '", RTLD_LAZY | RTLD_NODELETE). Safe; it stays until exit.'
        )
        ELSE json_array(
            'The fix: close the handle before the destructors of ' || owner_name || ' run. Give '
                || owner_name || ' an explicit shutdown function which '
                || CASE phase
                    WHEN 'dlclose' THEN 'its user calls before it closes ' || owner_name
                    WHEN 'thread-exit' THEN 'the thread calls before it ends'
                    ELSE 'the program calls before it returns from main'
                END
                || ', or a reference-counted owner (std::shared_ptr) whose last user closes it.',
            'Safe without a change of the design: open ' || closed_name || ' with RTLD_NODELETE, or link it'
                || ' with -Wl,-z,nodelete; it stays until exit.',
            'Safe, but ' || closed_name || ' can never be loaded anew: leak the handle, that is, leave the'
                || ' dlclose out.',
            CASE phase
                WHEN 'dlclose' THEN 'No remedy here: __attribute__((destructor)) in place of the static'
                    || ' object. Beneath a dlclose it is the same bug.'
                WHEN 'exit-handlers' THEN '__attribute__((destructor)) in place of the static object helps at'
                    || ' exit only: it runs in the protected phase exit-fini. Beneath a dlclose it is the'
                    || ' same bug.'
                ELSE 'No remedy here: __attribute__((destructor)).'
            END
        )
    END AS remedies
FROM found
WHERE number = 1;
