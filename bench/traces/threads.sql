-- As cycles.sql, of a program that CYCLES times makes a thread, which makes and deletes a key, and installs a
-- signal handler: eight events a cycle.
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
INSERT INTO stack VALUES (1, 0, 0, 0), (2, 0, 0, 0);
INSERT INTO frame
VALUES (1, 1, 256, 1, 0), (2, 1, 512, 1, 0), (3, 1, 768, 1, 0);
INSERT INTO stack_frame VALUES (1, 0, 1), (1, 1, 3), (2, 0, 2), (2, 1, 3);
INSERT INTO event (process_id, seq, kind, time_ns, thread, library_id)
VALUES (1, 1, 'hello', 1, 100, NULL), (1, 2, 'present', 2, 100, 1), (1, 3, 'load', 3, 100, 2);
WITH RECURSIVE
cycle (number) AS (
    SELECT 1
    UNION ALL
    SELECT number + 1 FROM cycle WHERE number < :cycles
),
-- Event, parent, kind, whether the new thread does it, ….
step (offset, parent, kind, is_new, stack, address, value) AS (
    VALUES
        (0, NULL, 'thread', 0, 1, 1024, 0),
        (1, 0, 'end', 0, NULL, 0, NULL),
        (2, NULL, 'thread_start', 1, NULL, 1024, NULL),
        (3, 2, 'tls_key_create', 1, 2, 2048, 5),
        (4, 2, 'signal_handler', 1, 2, 4096, 10),
        (5, 2, 'tls_key_delete', 1, 2, NULL, 5),
        (6, 2, 'signal_handler', 1, 2, 0, 10),
        (7, 2, 'end', 1, NULL, 0, NULL)
)
INSERT INTO event
SELECT
    1,
    number * 8 + offset,
    kind,
    number * 8000 + offset * 100,
    CASE WHEN is_new THEN 1000 + number ELSE 100 END,
    number * 8 + parent,
    NULL,
    CASE WHEN kind <> 'end' AND address > 255 THEN 1 END,
    stack,
    address,
    CASE kind WHEN 'thread_start' THEN number * 8 ELSE value END,
    NULL,
    NULL
FROM cycle
CROSS JOIN step;
INSERT INTO event (process_id, seq, kind, time_ns, thread, value)
SELECT 1, MAX(seq) + 1, 'bye', MAX(time_ns) + 1, 100, 0 FROM event;
COMMIT;
