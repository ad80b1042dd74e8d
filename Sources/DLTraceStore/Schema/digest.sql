-- What a report looks at, picked out of the facts: where all is as it should be, millions of loads and
-- calls are left out, and only counted. It is no fact: it can be dropped at any time, and is made anew from
-- the facts where it is missing, or of an earlier state of a process (DigestMaker says how it is chosen).

-- What is told of the tables below, in one row.
CREATE TABLE IF NOT EXISTS digest_status (
    version INTEGER NOT NULL,            -- of the digest: that of another version is made anew
    is_whole INTEGER NOT NULL CHECK (is_whole IN (0, 1)) -- 1: nobody recorded or pruned since they were made
) STRICT;

-- The processes that were gone through, and what was there of them then.
CREATE TABLE IF NOT EXISTS digest_process (
    process_id INTEGER PRIMARY KEY,
    last_seq INTEGER NOT NULL,           -- the last event
    missing INTEGER NOT NULL,            -- records in gaps
    pruned INTEGER NOT NULL,             -- events up to this one were removed
    forks INTEGER NOT NULL,              -- images that were forked from it
    is_forked INTEGER NOT NULL CHECK (is_forked IN (0, 1)), -- 1: the image it was forked from is known
    unseen_callers INTEGER NOT NULL,     -- loads and unloads of which no call was seen
    has_rare INTEGER NOT NULL CHECK (has_rare IN (0, 1)), -- 1: it has events of the view rare_event
    is_inheriting INTEGER NOT NULL CHECK (is_inheriting IN (0, 1)) -- 1: it closed or unloaded what it was forked with
) STRICT;

-- The loads to be looked at.
CREATE TABLE IF NOT EXISTS digest_library (
    process_id INTEGER NOT NULL,
    library_id INTEGER NOT NULL,
    opens INTEGER,                       -- calls of the process that gave a handle of it; NULL: not counted
    closes INTEGER,                      -- its calls of dlclose on it; NULL: not counted
    PRIMARY KEY (process_id, library_id)
) STRICT, WITHOUT ROWID;

-- The calls to be looked at.
CREATE TABLE IF NOT EXISTS digest_call (
    process_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    times INTEGER NOT NULL,              -- more than 1: stands for so many that are alike and were never closed
    PRIMARY KEY (process_id, seq)
) STRICT, WITHOUT ROWID;

-- How often each file was loaded by a dlopen of it, from where, and unloaded.
CREATE TABLE IF NOT EXISTS digest_churn (
    process_id INTEGER NOT NULL,
    binary_id INTEGER NOT NULL,
    namespace INTEGER NOT NULL,
    caller_library_id INTEGER NOT NULL,  -- 0: unknown
    stack_id INTEGER NOT NULL,           -- of the dlopen; 0: none
    loads INTEGER NOT NULL,
    unloads INTEGER NOT NULL,
    spent_ns INTEGER NOT NULL,           -- in dlopen and dlclose
    first_seq INTEGER NOT NULL,          -- the first dlopen
    close_seq INTEGER,                   -- the first call that unloaded it
    PRIMARY KEY (process_id, binary_id, namespace, caller_library_id, stack_id)
) STRICT, WITHOUT ROWID;

-- How often a process loaded a file, where that is many times: fewer are counted by index.
CREATE TABLE IF NOT EXISTS digest_file (
    process_id INTEGER NOT NULL,
    binary_id INTEGER NOT NULL,
    loads INTEGER NOT NULL,
    PRIMARY KEY (process_id, binary_id)
) STRICT, WITHOUT ROWID;

-- The same of libraries from one address to another.
CREATE TABLE IF NOT EXISTS digest_extent (
    process_id INTEGER NOT NULL,
    start_address INTEGER NOT NULL,
    end_address INTEGER NOT NULL,
    loads INTEGER NOT NULL,
    PRIMARY KEY (process_id, start_address, end_address)
) STRICT, WITHOUT ROWID;

-- The places in files that may have a name: of functions that events tell of, and of the frames of stacks.
CREATE TABLE IF NOT EXISTS digest_place (
    binary_id INTEGER NOT NULL,
    file_address INTEGER NOT NULL,       -- as in symbol
    is_exact INTEGER NOT NULL,
    PRIMARY KEY (binary_id, file_address, is_exact)
) STRICT, WITHOUT ROWID;
