-- Rows of a trace as a program leaves them that loads and unloads one small library CYCLES times: ten events
-- a cycle. For measuring what reads traces, where tracing such a program would take too long:
--
--     sqlite3 big.db -cmd ".read Sources/DLTraceStore/Schema/schema.sql" \
--         -cmd ".param init" -cmd ".param set :cycles 100000" ".read bench/traces/cycles.sql"
--
-- bench/reports makes all traces of this folder, and measures them.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO process (
    id, stream, pid, ppid, executable, arguments, interposer_version, started_unix_ns, started_ns
)
VALUES (1, 1, 100, 1, '/opt/host', '["host"]', '0.1.0', 1790000000000000000, 0);
INSERT INTO process_end (process_id, witness, status, ended_unix_ns)
VALUES (1, 'bye', 0, 1790000001000000000);
INSERT INTO binary (id, path, build_id)
VALUES (1, '/opt/host', 'aa'), (2, '/lib/libc.so.6', 'bb'), (3, '/opt/libplug.so', 'cc');
INSERT INTO library
VALUES
    (1, 1, 1, 1, NULL, 'program', 1, 0, 0, 65536, 0, 0, 1, 0, 0, 0, 1, 0, 0),
    (2, 1, 2, 2, 'libc.so.6', 'file', 2, 1048576, 1048576, 2097152, 0, 0, 1, 0, 0, 0, 1, 0, 0);
INSERT INTO text VALUES (1, './libplug.so');
INSERT INTO stack VALUES (1, 0, 0, 0), (2, 0, 0, 0);
INSERT INTO frame
VALUES (1, 1, 256, 1, 0), (2, 1, 512, 1, 0), (3, 1, 768, 1, 0);
INSERT INTO stack_frame VALUES (1, 0, 1), (1, 1, 3), (2, 0, 2), (2, 1, 3);
INSERT INTO event (process_id, seq, kind, time_ns, thread, library_id)
VALUES (1, 1, 'hello', 1, 100, NULL), (1, 2, 'present', 2, 100, 1), (1, 3, 'load', 3, 100, 2);
WITH RECURSIVE cycle (number) AS (
    SELECT 1
    UNION ALL
    SELECT number + 1 FROM cycle WHERE number < :cycles
)
INSERT INTO library
SELECT
    number + 2, 1, number + 2, 3, 'libplug.so', 'file', 7340048, 7340032, 7340032, 7405568, 0, 0, 0,
    0, 0, 1, 1, 0, 0
FROM cycle;
WITH RECURSIVE
cycle (number) AS (
    SELECT 1
    UNION ALL
    SELECT number + 1 FROM cycle WHERE number < :cycles
),
-- Event, parent (both counted from the cycle's first), kind, whether it is about the library, ….
step (offset, parent, kind, phase, library, stack, address, value, text) AS (
    VALUES
        (0, NULL, 'dlopen', NULL, 0, 1, NULL, 2, 1),
        (1, 0, 'load', NULL, 1, NULL, NULL, NULL, NULL),
        (2, 0, 'init', 'constructor', 1, NULL, NULL, 0, NULL),
        (3, 2, 'end', NULL, 0, NULL, 0, NULL, NULL),
        (4, 0, 'end', NULL, 1, NULL, 7340048, NULL, NULL),
        (5, NULL, 'dlclose', NULL, 1, 2, 7340048, NULL, NULL),
        (6, 5, 'fini', 'dlclose', 1, NULL, NULL, 0, NULL),
        (7, 6, 'end', NULL, 0, NULL, 0, NULL, NULL),
        (8, 5, 'unload', NULL, 1, NULL, NULL, NULL, NULL),
        (9, 5, 'end', NULL, 0, NULL, 0, NULL, NULL)
)
INSERT INTO event
SELECT
    1,
    number * 10 + offset,
    kind,
    number * 10000 + offset * 100,
    100,
    number * 10 + parent,
    phase,
    CASE WHEN library THEN number + 2 END,
    stack,
    address,
    value,
    NULL,
    text
FROM cycle
CROSS JOIN step;
INSERT INTO event (process_id, seq, kind, time_ns, thread, value)
SELECT 1, MAX(seq) + 1, 'bye', MAX(time_ns) + 1, 100, 0 FROM event;
COMMIT;
