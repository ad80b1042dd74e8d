-- title: dlopen failed
-- severity: note
-- subject: loader_call
--
-- What it means
--   A dlopen or dlmopen returned no handle; the text is what dlerror says, in
--   glibc's words.
--
-- How to tell it from a harmless case
--   Programs probe: they try names one after the other, and a failure is
--   expected. A question with RTLD_NOLOAD whether a library is there, answered
--   with no, is not reported. It matters when a feature is missing and the
--   text names a library or a symbol that ought to be there.
--
-- Remedies
--   "cannot open shared object file": the file is missing or not on the search
--   path of the caller, which is its own RUNPATH, LD_LIBRARY_PATH, and the
--   system's folders. "undefined symbol": built against another version of the
--   library that it names. "cannot allocate memory in static TLS block": open
--   it earlier.
WITH
failure AS (
    SELECT
        loader_call.process_id,
        loader_call.seq,
        loader_call.kind,
        loader_call.name,
        loader_call.flags_text,
        loader_call.error,
        COALESCE(caller.name, 'unknown code') AS caller,
        ROW_NUMBER() OVER (
            PARTITION BY
                loader_call.process_id,
                loader_call.kind,
                loader_call.name,
                loader_call.error,
                loader_call.caller_library_id
            ORDER BY loader_call.seq
        ) AS number,
        COUNT(*) OVER (
            PARTITION BY
                loader_call.process_id,
                loader_call.kind,
                loader_call.name,
                loader_call.error,
                loader_call.caller_library_id
        ) AS times
    FROM loader_call
    LEFT JOIN library_life AS caller ON caller.process_id = loader_call.process_id
        AND caller.library_id = loader_call.caller_library_id
    WHERE loader_call.kind <> 'dlclose'
        AND NOT loader_call.is_ok
        AND NOT ((loader_call.flags & 4) <> 0 AND loader_call.error IS NULL)
)
SELECT
    process_id,
    COALESCE(name, '') AS library,
    'note' AS severity,
    kind || '(' || COALESCE('"' || name || '"', 'NULL') || ', ' || flags_text || ') by ' || caller
        || ' failed'
        || CASE
            WHEN times > 1 THEN ' ' || times || ' times'
            ELSE ''
        END
        || ': ' || COALESCE(error, 'without a text of dlerror') AS message,
    json_array(json_object('role', 'open', 'event', seq)) AS evidence,
    json_array() AS remedies,
    1 AS is_brief
FROM failure
WHERE number = 1;
