-- The facts of a dltrace database: what was seen, append-only. What it means is in views.sql.
-- Addresses and other unsigned 64-bit numbers are stored as the signed integer of the same bits.

PRAGMA application_id = 0x444c5472;  -- "DLTr"
PRAGMA user_version = 2;             -- raised by every change of this file

-- One process image: a program from its start, or a forked child from the fork, to its end or its exec.
CREATE TABLE process (
    id INTEGER PRIMARY KEY,              -- dltrace's own number; pids are reused
    stream INTEGER NOT NULL UNIQUE,      -- the wire format's stream, random
    pid INTEGER NOT NULL,                -- as the process itself sees it
    ppid INTEGER,                        -- its parent's pid; NULL while its HELLO is missing
    parent_id INTEGER REFERENCES process (id), -- a forked child: the image it was forked from
    parent_seq INTEGER,                  -- a forked child: last seq of parent_id before the fork
    executable TEXT,                     -- absolute path; NULL while its HELLO is missing
    arguments TEXT,                      -- JSON array of strings
    interposer_version TEXT,             -- of libdltrace.so
    hello_flags INTEGER NOT NULL DEFAULT 0, -- DLT_WIRE_HELLO_* of dltrace_wire.h
    started_unix_ns INTEGER,             -- wall-clock time of the HELLO, ns since 1970
    started_ns INTEGER                   -- the same moment by CLOCK_MONOTONIC, the clock of event.time_ns
) STRICT;

-- What was learned of a process image's end, by whoever saw it; several rows can tell of one end.
CREATE TABLE process_end (
    id INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process (id),
    witness TEXT NOT NULL                -- who says so: the process's BYE, wait(2), the process is gone,
        CHECK (witness IN ('bye', 'wait', 'gone', 'exec')), -- or its pid runs another program now
    status INTEGER,                      -- exit status, 0 to 255; NULL if unknown or killed
    signal INTEGER,                      -- the signal that killed it; NULL if none or unknown
    core_dumped INTEGER CHECK (core_dumped IN (0, 1)), -- NULL if unknown
    ended_unix_ns INTEGER NOT NULL       -- wall-clock time, ns since 1970
) STRICT;

CREATE INDEX process_end_process ON process_end (process_id);

-- A file that was mapped, told apart by path and build id.
CREATE TABLE binary (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL,                  -- absolute, as the loader spells it; the vdso's bare name
    build_id TEXT NOT NULL,              -- lower-case hex, '' where it has none
    UNIQUE (path, build_id)
) STRICT;

-- One load of a library (or program) into a process. A forked child goes on using its parent's rows.
CREATE TABLE library (
    id INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process (id), -- the process image that loaded it
    generation INTEGER NOT NULL,         -- number of this load in the process, from 1
    binary_id INTEGER NOT NULL REFERENCES binary (id),
    soname TEXT,                         -- DT_SONAME
    origin TEXT NOT NULL
        CHECK (origin IN ('file', 'program', 'loader', 'vdso', 'tracer')),
    link_map INTEGER NOT NULL,           -- address of its struct link_map: its handle
    base_address INTEGER NOT NULL,       -- what to add to an address in the file (l_addr)
    start_address INTEGER NOT NULL,      -- lowest mapped address
    end_address INTEGER NOT NULL,        -- first address behind it
    namespace INTEGER NOT NULL,          -- 0 is LM_ID_BASE, see dlmopen(3)
    flags_1 INTEGER NOT NULL,            -- DT_FLAGS_1; 8 is DF_1_NODELETE
    at_start INTEGER NOT NULL CHECK (at_start IN (0, 1)), -- there before the program's code ran
    has_unique INTEGER NOT NULL CHECK (has_unique IN (0, 1)), -- defines an STB_GNU_UNIQUE symbol
    has_tls INTEGER NOT NULL CHECK (has_tls IN (0, 1)),   -- has a PT_TLS segment
    has_init INTEGER NOT NULL CHECK (has_init IN (0, 1)), -- has an init function
    has_fini INTEGER NOT NULL CHECK (has_fini IN (0, 1)), -- has a fini function
    unseen_fini INTEGER NOT NULL CHECK (unseen_fini IN (0, 1)), -- its fini functions could not be hooked
    is_pinned INTEGER NOT NULL DEFAULT 0 CHECK (is_pinned IN (0, 1)), -- DLTRACE_PIN names it: never unloaded
    UNIQUE (process_id, generation)
) STRICT;

-- The DT_NEEDED entries of a loaded library.
CREATE TABLE library_needed (
    library_id INTEGER NOT NULL REFERENCES library (id),
    position INTEGER NOT NULL,           -- order in the dynamic section, from 0
    name TEXT NOT NULL,                  -- usually the needed library's soname
    PRIMARY KEY (library_id, position)
) STRICT, WITHOUT ROWID;

-- A text that events name: what was asked for, dlerror's answer.
CREATE TABLE text (
    id INTEGER PRIMARY KEY,
    value TEXT NOT NULL UNIQUE
) STRICT;

-- A return address (or program counter) in one process, and the library that lay there then.
CREATE TABLE frame (
    id INTEGER PRIMARY KEY,
    process_id INTEGER NOT NULL REFERENCES process (id),
    address INTEGER NOT NULL,
    library_id INTEGER REFERENCES library (id), -- NULL: no library lay there
    is_exact INTEGER NOT NULL CHECK (is_exact IN (0, 1)) -- 1: a program counter; 0: a return address
) STRICT;

-- A backtrace, interned.
CREATE TABLE stack (
    id INTEGER PRIMARY KEY,
    is_truncated INTEGER NOT NULL CHECK (is_truncated IN (0, 1)), -- had more than 128 frames
    is_broken INTEGER NOT NULL CHECK (is_broken IN (0, 1)), -- ended at code without unwind information
    is_enclosed INTEGER NOT NULL CHECK (is_enclosed IN (0, 1)) -- the enclosing event's stack continues it
) STRICT;

-- The frames of a stack.
CREATE TABLE stack_frame (
    stack_id INTEGER NOT NULL REFERENCES stack (id),
    position INTEGER NOT NULL,           -- 0 is the innermost
    frame_id INTEGER NOT NULL REFERENCES frame (id),
    PRIMARY KEY (stack_id, position)
) STRICT, WITHOUT ROWID;

-- What happened. Which columns a kind fills is listed in docs/schema.md.
CREATE TABLE event (
    process_id INTEGER NOT NULL REFERENCES process (id),
    seq INTEGER NOT NULL,                -- from 1, in the order the process gave out
    kind TEXT NOT NULL CHECK (kind IN (
        'hello', 'bye', 'lost', 'present', 'load', 'unload', 'dlopen', 'dlmopen', 'dlclose',
        'init', 'fini', 'fini_function', 'exit_handler', 'thread_destructor',
        'fork_handler', 'end', 'exit', 'fault', 'fork',
        'tls_key_create', 'tls_key_delete', 'signal_handler', 'cxa_atexit', 'on_exit', 'putenv',
        'atfork', 'thread_local',        -- an address is given to the C library
        'thread', 'thread_start',
        'left',                          -- what refers to an object that goes; more in left_behind
        'dlsym', 'dlvsym', 'dlinfo',     -- of a handle that was closed for good
        'stayed',                        -- why a dlclose left an object
        'unknown'                        -- of a newer libdltrace.so; detail is its number
    )),
    time_ns INTEGER NOT NULL,            -- CLOCK_MONOTONIC
    thread INTEGER NOT NULL,             -- gettid(2)
    parent_seq INTEGER,                  -- innermost event of the thread that had not ended; end: what it ends
    phase TEXT CHECK (phase IN (
        'dlclose', 'exit-handlers', 'exit-fini', 'thread-exit', 'constructor'
    )),                                  -- NULL: beneath no destructor or constructor
    library_id INTEGER REFERENCES library (id), -- the library it is about; of a function: where it lies
    stack_id INTEGER REFERENCES stack (id),
    address INTEGER,                     -- function, handle, string, or fault address
    value INTEGER,                       -- flags, status, result, signal, key, thread, or count
    detail INTEGER,                      -- a second number
    text_id INTEGER REFERENCES text (id), -- the name asked for, dlerror's text, a variable's or symbol's name
    PRIMARY KEY (process_id, seq)
) STRICT, WITHOUT ROWID;

-- The registers of a fault event.
CREATE TABLE fault (
    process_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    signal INTEGER NOT NULL,             -- signal(7)
    code INTEGER NOT NULL,               -- si_code, sigaction(2)
    address INTEGER NOT NULL,            -- si_addr; a sent signal (code <= 0): the sender's pid
    pc INTEGER NOT NULL,                 -- program counter
    sp INTEGER NOT NULL,                 -- stack pointer
    PRIMARY KEY (process_id, seq),
    FOREIGN KEY (process_id, seq) REFERENCES event (process_id, seq)
) STRICT, WITHOUT ROWID;

-- What an event of kind left says more: what refers to the object that goes, and who made it do so.
CREATE TABLE left_behind (
    process_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL CHECK (type IN (
        'tls_key', 'signal_handler', 'cxa_atexit', 'on_exit', 'environ', 'atfork', 'thread_local',
        'thread', 'thread_stack', 'pointer'
    )),
    holder_library_id INTEGER REFERENCES library (id), -- pointer: the library with the word
    holder_address INTEGER,              -- pointer: the address of the word
    registered_process_id INTEGER REFERENCES process (id), -- NULL: its making was not seen
    registered_seq INTEGER,              -- of the event that made it
    PRIMARY KEY (process_id, seq),
    FOREIGN KEY (process_id, seq) REFERENCES event (process_id, seq)
) STRICT, WITHOUT ROWID;

-- Sequence numbers of a process that never arrived.
CREATE TABLE gap (
    process_id INTEGER NOT NULL REFERENCES process (id),
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (process_id, first_seq)
) STRICT, WITHOUT ROWID;

-- Bytes in the pipe or a spill file that were no record.
CREATE TABLE broken_input (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,                -- the pipe's or file's path
    offset_bytes INTEGER NOT NULL,       -- where in it
    skipped_bytes INTEGER NOT NULL,      -- how much was passed over
    reason TEXT NOT NULL,
    stream INTEGER                       -- the process it claims to be of, if it can be told
) STRICT;

-- Names for a place in a file: found once, kept after the file is gone. No row: not looked up yet.
-- Joins a frame by binary, address and is_exact; a function's or fault's address has is_exact 1.
CREATE TABLE symbol (
    binary_id INTEGER NOT NULL REFERENCES binary (id),
    file_address INTEGER NOT NULL,       -- address in the file's own terms: address - library.base_address
    is_exact INTEGER NOT NULL CHECK (is_exact IN (0, 1)), -- as frame.is_exact; 0: the byte before was looked up
    inline_depth INTEGER NOT NULL,       -- 0 is the innermost inlined function, the highest the real one
    name TEXT,                           -- demangled; NULL: the file has no name for it
    symbol_offset INTEGER,               -- file_address less the symbol's start; NULL for an inlined function
    source_file TEXT,
    source_line INTEGER,
    is_data INTEGER NOT NULL DEFAULT 0 CHECK (is_data IN (0, 1)), -- 1: a variable, not code
    PRIMARY KEY (binary_id, file_address, is_exact, inline_depth)
) STRICT, WITHOUT ROWID;

-- What stood in the way of looking up symbols of a file.
CREATE TABLE symbol_failure (
    binary_id INTEGER PRIMARY KEY REFERENCES binary (id),
    reason TEXT NOT NULL                 -- 'the file is gone', 'the file was replaced since', ...
) STRICT;

-- What a file's symbols were last looked up in, so that it is done again when there is more to be had.
CREATE TABLE symbol_lookup (
    binary_id INTEGER PRIMARY KEY REFERENCES binary (id),
    evidence TEXT NOT NULL               -- size and time of the file and its debug file, as they were then
) STRICT;
