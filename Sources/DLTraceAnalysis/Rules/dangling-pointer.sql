-- title: pointers into an unloaded library are left
-- severity: warning
-- subject: dangling_reference
--
-- What it means
--   After an unload, the census (`dltrace run --census`) found words in the
--   writable memory of libraries that are still there which hold addresses in
--   the range that was unmapped: callbacks, virtual tables, entries of a
--   registry. Whoever uses one reads, writes or runs memory that is gone; if
--   another library lies there by then, it does something else without a word.
--
-- How to tell it from a harmless case
--   A word is only a word: it may be one that nobody reads again, or a number
--   that looks like an address. A pointer to code, or to the start of a
--   variable, in a variable that is called a table, list or registry is hardly
--   by chance. What is registered with the C library (keys, handlers) has
--   rules of its own and is left out here.
--
-- Remedies
--   Have the library take its entries out of the holder (unregister) before it
--   is closed, or the holder forget them in the function that closes it.
WITH
pointer AS MATERIALIZED (
    SELECT
        dangling_reference.*,
        COUNT(*) OVER same AS words,
        ROW_NUMBER() OVER (same ORDER BY dangling_reference.seq) AS word_number
    FROM dangling_reference
    LEFT JOIN library AS holder ON holder.id = dangling_reference.holder_library_id
    WHERE dangling_reference.type = 'pointer'
        AND (holder.id IS NULL OR holder.origin IN ('file', 'program'))
        AND NOT EXISTS (
            SELECT
                1
            FROM dangling_reference AS known
            WHERE known.process_id = dangling_reference.process_id
                AND known.type <> 'pointer'
                AND known.library_id = dangling_reference.library_id
                AND known.address = dangling_reference.address
        )
    WINDOW same AS (
        PARTITION BY
            dangling_reference.process_id,
            dangling_reference.path,
            dangling_reference.holder_path
    )
)
SELECT
    pointer.process_id,
    pointer.path AS library,
    'warning' AS severity,
    COALESCE(pointer.holder_name, 'memory of no library') || ' still points into ' || pointer.name
        || ', which was unloaded: ' || pointer.holder_label || ' holds the address of ' || pointer.label
        || CASE
            WHEN pointer.words > 1 THEN ', and ' || (pointer.words - 1) || CASE
                WHEN pointer.words = 2 THEN ' more word is like it'
                ELSE ' more words are like it'
            END
            ELSE ''
        END AS message,
    (
        SELECT
            json_group_array(line.value)
        FROM (
            SELECT
                each_word.holder_label || ' of ' || COALESCE(each_word.holder_name, 'no library') || ' -> '
                    || each_word.label || ' of ' || each_word.name AS value
            FROM pointer AS each_word
            WHERE each_word.process_id = pointer.process_id
                AND each_word.path = pointer.path
                AND each_word.holder_path IS pointer.holder_path
                AND each_word.word_number <= 12
            UNION ALL
            SELECT
                pointer.unloaded
            UNION ALL
            SELECT
                pointer.opened
        ) AS line
    ) AS detail,
    pointer.evidence,
    json_array(
        'The fix: before ' || pointer.name || ' is closed, take its entries out of '
            || COALESCE(pointer.holder_name, 'the holder') || ' (unregister what it registered'
            || CASE
                WHEN pointer.is_cpp THEN ', delete the objects whose classes it defines'
                ELSE ''
            END || '), or clear them in the function that closes it.',
        pointer.keep_remedy
    ) AS remedies
FROM pointer
WHERE pointer.word_number = 1;
