-- Indexes on the facts, made when a recording ends and not before: each costs time at every event.
-- They make a question about one library or one address of a long trace a matter of milliseconds;
-- the views work without.

-- What happened to a library.
CREATE INDEX IF NOT EXISTS event_library ON event (library_id, kind) WHERE library_id IS NOT NULL;

-- The END of a call.
CREATE INDEX IF NOT EXISTS event_end ON event (process_id, parent_seq) WHERE kind = 'end';

-- The loads of a file.
CREATE INDEX IF NOT EXISTS library_binary ON library (binary_id, process_id);

-- What lay at an address.
CREATE INDEX IF NOT EXISTS library_place ON library (process_id, start_address, end_address);

-- What events shows: by kind, by thread, by the name asked for.
CREATE INDEX IF NOT EXISTS event_kind ON event (process_id, kind) WHERE kind <> 'end';
CREATE INDEX IF NOT EXISTS event_thread ON event (process_id, thread) WHERE kind <> 'end';
CREATE INDEX IF NOT EXISTS event_text ON event (text_id) WHERE text_id IS NOT NULL;

-- The thread that a creation made.
CREATE INDEX IF NOT EXISTS event_thread_start ON event (process_id, value, kind) WHERE kind = 'thread_start';

-- The frames in no library.
CREATE INDEX IF NOT EXISTS frame_stray ON frame (process_id, address, is_exact) WHERE library_id IS NULL;

-- The broken input that claims to be of a process.
CREATE INDEX IF NOT EXISTS broken_input_stream ON broken_input (stream) WHERE stream IS NOT NULL;
