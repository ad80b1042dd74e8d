-- As cycles.sql, of a daemon that traced PROCESSES programs, each of which loads and unloads a library nine
-- times, and besides opens and closes one that stays CYCLES times: 100 events, and four more a cycle.
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO binary (id, path, build_id)
VALUES (1, '/opt/host', 'aa'), (2, '/lib/libc.so.6', 'bb'), (3, '/opt/libplug.so', 'cc');
INSERT INTO text VALUES (1, './libplug.so'), (2, 'libc.so.6');
CREATE TEMP TABLE made AS
WITH RECURSIVE made (id) AS (
    SELECT 1
    UNION ALL
    SELECT id + 1 FROM made WHERE id < :processes
)
SELECT id FROM made;
INSERT INTO process (
    id, stream, pid, ppid, executable, arguments, interposer_version, started_unix_ns, started_ns
)
SELECT
    id, id, 100 + id, 1, '/opt/host', '["host"]', '0.1.0', 1790000000000000000 + id * 1000000, id * 1000000
FROM made;
INSERT INTO process_end (process_id, witness, status, ended_unix_ns)
SELECT id, 'bye', 0, 1790000001000000000 + id * 1000000 FROM made;
INSERT INTO library
SELECT
    id * 11 - 10, id, 1, 1, NULL, 'program', 1, 0, 0, 65536, 0, 0, 1, 0, 0, 0, 1, 0, 0
FROM made
UNION ALL
SELECT
    id * 11 - 9, id, 2, 2, 'libc.so.6', 'file', 2, 1048576, 1048576, 2097152, 0, 0, 1, 0, 0, 0, 1, 0, 0
FROM made;
WITH RECURSIVE nine (number) AS (
    SELECT 0
    UNION ALL
    SELECT number + 1 FROM nine WHERE number < 8
)
INSERT INTO library
SELECT
    id * 11 - 8 + number, id, number + 3, 3, 'libplug.so', 'file', 7340048, 7340032, 7340032, 7405568, 0, 0, 0,
    0, 0, 1, 1, 0, 0
FROM made
CROSS JOIN nine;
INSERT INTO stack
SELECT id * 2 - 1, 0, 0, 0 FROM made
UNION ALL
SELECT id * 2, 0, 0, 0 FROM made;
INSERT INTO frame
SELECT id * 2 - 1, id, 256, id * 11 - 10, 0 FROM made
UNION ALL
SELECT id * 2, id, 512, id * 11 - 10, 0 FROM made;
INSERT INTO stack_frame SELECT id, 0, id FROM frame;
WITH RECURSIVE
nine (number) AS (
    SELECT 0
    UNION ALL
    SELECT number + 1 FROM nine WHERE number < 8
),
cycle (number) AS (
    SELECT 0
    WHERE :cycles > 0
    UNION ALL
    SELECT number + 1 FROM cycle WHERE number + 1 < :cycles
),
plug (offset, parent, kind, phase, library, stack, address, value, text) AS (
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
),
stay (offset, parent, kind, library, stack, address, value, text) AS (
    VALUES
        (0, NULL, 'dlopen', 0, 1, NULL, 2, 2),
        (1, 0, 'end', 1, NULL, 2, NULL, NULL),
        (2, NULL, 'dlclose', 1, 2, 2, NULL, NULL),
        (3, 2, 'end', 0, NULL, 0, NULL, NULL)
)
INSERT INTO event
SELECT
    id, 10 + number * 10 + offset, kind, id * 1000000 + number * 10000 + offset * 100, 100 + id,
    10 + number * 10 + parent, phase,
    CASE WHEN library THEN id * 11 - 8 + number END,
    id * 2 - 2 + stack, address, value, NULL, text
FROM made
CROSS JOIN nine
CROSS JOIN plug
UNION ALL
SELECT
    id, 100 + number * 4 + offset, kind, id * 1000000 + 100000 + number * 4000 + offset * 100, 100 + id,
    100 + number * 4 + parent, NULL,
    CASE WHEN library THEN id * 11 - 9 END,
    id * 2 - 2 + stack, address, value, NULL, text
FROM made
CROSS JOIN cycle
CROSS JOIN stay;
INSERT INTO event (process_id, seq, kind, time_ns, thread, library_id)
SELECT id, 1, 'hello', id * 1000000, 100 + id, NULL FROM made
UNION ALL
SELECT id, 2, 'present', id * 1000000, 100 + id, id * 11 - 10 FROM made
UNION ALL
SELECT id, 3, 'load', id * 1000000, 100 + id, id * 11 - 9 FROM made;
INSERT INTO event (process_id, seq, kind, time_ns, thread, value)
SELECT id, 100 + :cycles * 4, 'bye', id * 1000000 + 900000, 100 + id, 0 FROM made;
DROP TABLE made;
COMMIT;
