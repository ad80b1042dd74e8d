-- What was removed to make room. It is not lost, and not stored once more if it comes again.
-- Databases of before there was this table get it from whoever writes to them first.
CREATE TABLE IF NOT EXISTS pruned (
    id INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL UNIQUE,      -- process.stream
    process_id INTEGER UNIQUE REFERENCES process (id), -- NULL: all of the process was removed
    last_seq INTEGER NOT NULL            -- up to here all events but those that later ones need
) STRICT;
