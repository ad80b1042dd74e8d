-- title: a library was loaded with RTLD_DEEPBIND
-- severity: note
-- subject: loader_call
--
-- What it means
--   The library, and what was loaded with it, looks for symbols in itself and
--   in what it needs first, and in the program and preloaded libraries last.
--   Whatever replaces a function for the whole process is not used there: a
--   malloc that was preloaded or linked into the program, an interposer, a
--   sanitizer's runtime. Memory allocated on one side and freed on the other
--   then crashes; AddressSanitizer refuses such a dlopen.
--
-- How to tell it from a harmless case
--   It does no harm as long as the program replaces nothing. libdltrace.so sees
--   the calls of such a library, but those in its constructors.
--
-- Remedies
--   Leave the flag out; to keep a library's own symbols apart, link it with
--   -Wl,-Bsymbolic or hide them (-fvisibility=hidden), or open it in a
--   namespace of its own with dlmopen.
WITH
deep AS (
    SELECT
        loader_call.process_id,
        loader_call.seq,
        loader_call.name AS asked,
        life.path,
        life.name,
        COALESCE(caller.name, 'unknown code') AS caller_name,
        (
            SELECT
                group_concat(together.name, ', ')
            FROM library_life AS together
            WHERE together.process_id = loader_call.process_id
                AND together.library_id <> life.library_id
                AND together.loaded_by_seq = loader_call.seq
        ) AS with_it,
        COUNT(*) OVER same AS times,
        ROW_NUMBER() OVER (same ORDER BY loader_call.seq) AS number
    FROM loader_call
    JOIN library_life AS life ON life.process_id = loader_call.process_id
        AND life.library_id = loader_call.library_id
        AND life.loaded_by_seq = loader_call.seq
    LEFT JOIN library_life AS caller ON caller.process_id = loader_call.process_id
        AND caller.library_id = loader_call.caller_library_id
    WHERE loader_call.kind <> 'dlclose'
        AND (loader_call.flags & 8) <> 0
    WINDOW same AS (
        PARTITION BY
            loader_call.process_id,
            life.path,
            caller.path
    )
)
SELECT
    process_id,
    path AS library,
    'note' AS severity,
    name || ' was loaded with RTLD_DEEPBIND by ' || caller_name
        || CASE
            WHEN times > 1 THEN ' ' || times || ' times'
            ELSE ''
        END
        || ': a malloc, interposer or sanitizer that replaces functions for the process is not used in '
        || COALESCE(name || ' and ' || with_it, name) AS message,
    json_array(json_object('role', 'open', 'event', seq)) AS evidence,
    json_array(
        'Where it matters, leave RTLD_DEEPBIND out of the dlopen and link ' || name
            || ' with -Wl,-Bsymbolic, or open it with dlmopen(LM_ID_NEWLM, ...).'
    ) AS remedies,
    1 AS is_brief
FROM deep
WHERE number = 1;
