-- As cycles.sql, of a program that keeps a library open, and opens and closes it CYCLES times more: only its
-- open count goes up and down, four events a cycle. Each hundredth open is never closed.
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
    (2, 1, 2, 2, 'libc.so.6', 'file', 2, 1048576, 1048576, 2097152, 0, 0, 1, 0, 0, 0, 1, 0, 0),
    (3, 1, 3, 3, 'libplug.so', 'file', 7340048, 7340032, 7340032, 7405568, 0, 0, 0, 0, 0, 1, 1, 0, 0);
INSERT INTO text VALUES (1, './libplug.so');
INSERT INTO stack VALUES (1, 0, 0, 0), (2, 0, 0, 0);
INSERT INTO frame
VALUES (1, 1, 256, 1, 0), (2, 1, 512, 1, 0), (3, 1, 768, 1, 0);
INSERT INTO stack_frame VALUES (1, 0, 1), (1, 1, 3), (2, 0, 2), (2, 1, 3);
INSERT INTO event (process_id, seq, kind, time_ns, thread, parent_seq, library_id, stack_id, address, value, text_id)
VALUES
    (1, 1, 'hello', 1, 100, NULL, NULL, NULL, NULL, NULL, NULL),
    (1, 2, 'present', 2, 100, NULL, 1, NULL, NULL, NULL, NULL),
    (1, 3, 'load', 3, 100, NULL, 2, NULL, NULL, NULL, NULL),
    (1, 4, 'dlopen', 4, 100, NULL, NULL, 1, NULL, 2, 1),
    (1, 5, 'load', 5, 100, 4, 3, NULL, NULL, NULL, NULL),
    (1, 6, 'end', 6, 100, 4, 3, NULL, 7340048, NULL, NULL);
WITH RECURSIVE
cycle (number) AS (
    SELECT 1
    UNION ALL
    SELECT number + 1 FROM cycle WHERE number < :cycles
),
step (offset, parent, kind, library, stack, address, value, text) AS (
    VALUES
        (0, NULL, 'dlopen', NULL, 1, NULL, 2, 1),
        (1, 0, 'end', 3, NULL, 7340048, NULL, NULL),
        (2, NULL, 'dlclose', 3, 2, 7340048, NULL, NULL),
        (3, 2, 'end', NULL, NULL, 0, NULL, NULL)
)
INSERT INTO event
SELECT
    1,
    6 + number * 4 + offset,
    kind,
    number * 4000 + offset * 100,
    100,
    6 + number * 4 + parent,
    NULL,
    library,
    stack,
    address,
    value,
    NULL,
    text
FROM cycle
CROSS JOIN step
WHERE number % 100 <> 0
    OR offset < 2;
INSERT INTO event (process_id, seq, kind, time_ns, thread, value)
SELECT 1, MAX(seq) + 1, 'bye', MAX(time_ns) + 1, 100, 0 FROM event;
COMMIT;
