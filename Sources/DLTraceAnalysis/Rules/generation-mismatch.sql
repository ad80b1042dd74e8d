-- title: a library was loaded anew beside what is left of the old one
-- severity: warning
-- subject: dangling_reference
--
-- What it means
--   A library was unloaded and loaded anew, while a library that it needs
--   stayed, with pointers to the old one, or with something of the old one
--   registered (a key, a handler). The new one registers itself beside it:
--   the library that stayed now has two of each, one of which leads into
--   memory that is gone, or, if the new one lies at the same address, into the
--   wrong place of it.
--
-- How to tell it from a harmless case
--   A library that left nothing behind can be loaded anew as often as you like
--   and is not reported. Pointers are known only with the census
--   (`dltrace run --census`).
--
-- Remedies
--   Take everything of the old one back before it is closed (see the findings
--   about what dangles), close the library that stayed as well, or keep the
--   old one loaded: RTLD_NODELETE, or -Wl,-z,nodelete.
WITH RECURSIVE
reload AS MATERIALIZED (
    SELECT
        old.process_id,
        old.library_id AS old_id,
        old.unloaded_seq,
        (
            SELECT
                new.library_id
            FROM library_life AS new
            WHERE new.process_id = old.process_id
                AND new.path = old.path
                AND new.since_seq > old.unloaded_seq
            ORDER BY new.since_seq
            LIMIT 1
        ) AS new_id
    FROM library_life AS old
    WHERE old.unloaded_seq IS NOT NULL
        AND (old.process_id, old.library_id) IN (
            SELECT
                dangling_reference.process_id,
                dangling_reference.library_id
            FROM dangling_reference
        )
),
-- What the new one needs, directly or not, and was there before.
stayed (process_id, old_id, new_id, unloaded_seq, library_id) AS (
    SELECT
        process_id,
        old_id,
        new_id,
        unloaded_seq,
        new_id
    FROM reload
    WHERE new_id IS NOT NULL
    UNION
    SELECT
        stayed.process_id,
        stayed.old_id,
        stayed.new_id,
        stayed.unloaded_seq,
        library_need.needed_library_id
    FROM stayed
    JOIN library_need ON library_need.process_id = stayed.process_id
        AND library_need.library_id = stayed.library_id
),
mismatch AS MATERIALIZED (
    SELECT
        stayed.process_id,
        stayed.old_id,
        stayed.new_id,
        keeper.name AS keeper_name,
        left_over.type,
        left_over.label,
        left_over.holder_label,
        left_over.evidence,
        left_over.path,
        left_over.name,
        left_over.keep_remedy,
        COUNT(*) OVER same AS times,
        ROW_NUMBER() OVER (same ORDER BY left_over.seq) AS number
    FROM stayed
    JOIN library_life AS keeper ON keeper.process_id = stayed.process_id
        AND keeper.library_id = stayed.library_id
        AND keeper.since_seq < stayed.unloaded_seq
        AND (keeper.unloaded_seq IS NULL OR keeper.unloaded_seq > stayed.unloaded_seq)
    JOIN library_life AS new ON new.process_id = stayed.process_id
        AND new.library_id = stayed.new_id
    JOIN dangling_reference AS left_over ON left_over.process_id = stayed.process_id
        AND left_over.library_id = stayed.old_id
        AND (
            left_over.holder_library_id = stayed.library_id
            OR (
                left_over.type IN (
                    'tls_key', 'signal_handler', 'cxa_atexit', 'on_exit', 'environ')
                AND keeper.soname = 'libc.so.6'
                -- Unless it was taken back, or replaced, in between.
                AND NOT EXISTS (
                    SELECT
                        1
                    FROM registration
                    WHERE registration.process_id = stayed.process_id
                        AND registration.seq BETWEEN left_over.seq AND new.since_seq
                        AND registration.kind = CASE left_over.type
                            WHEN 'tls_key' THEN 'tls_key_delete'
                            ELSE left_over.type
                        END
                        AND registration.number = left_over.number
                )
            )
        )
    WHERE stayed.library_id <> stayed.new_id
    WINDOW same AS (
        PARTITION BY
            stayed.process_id,
            left_over.path,
            keeper.path
    )
)
SELECT
    mismatch.process_id,
    mismatch.path AS library,
    'warning' AS severity,
    mismatch.name || ' was loaded anew while ' || mismatch.keeper_name || ', which it needs, stayed with '
        || CASE
            WHEN mismatch.type = 'pointer'
                THEN 'a pointer to the old one (' || mismatch.holder_label || ' to ' || mismatch.label || ')'
            ELSE 'a ' || CASE mismatch.type
                WHEN 'tls_key' THEN 'pthread key''s destructor'
                WHEN 'signal_handler' THEN 'signal handler'
                WHEN 'environ' THEN 'environment entry'
                ELSE 'exit handler'
            END || ' of the old one (' || mismatch.label || ')'
        END
        || CASE
            WHEN mismatch.times > 1 THEN ' and ' || (mismatch.times - 1) || ' more'
            ELSE ''
        END AS message,
    json_array(
        'the old one: ' || old_owner.opened || '; ' || old_owner.unloaded,
        'the new one: ' || new_owner.opened,
        CASE
            WHEN old.base_address = new.base_address
                THEN 'the new one lies where the old one did: what is left leads into it, as long as the file'
                    || ' is the same'
            ELSE 'the new one lies elsewhere: what is left leads into memory that is gone'
        END
    ) AS detail,
    (
        SELECT
            json_group_array(json(item.value))
        FROM (
            SELECT
                value
            FROM json_each(mismatch.evidence)
            UNION ALL
            SELECT
                new_owner.open_evidence
        ) AS item
        WHERE item.value IS NOT NULL
    ) AS evidence,
    json_array(
        'The fix: have ' || mismatch.name || ' take back what it left before it is closed; the findings about'
            || ' what dangles say how.',
        CASE mismatch.keeper_name
            WHEN 'libc.so.6' THEN 'Or leave it open: then it is not loaded anew.'
            ELSE 'Or close ' || mismatch.keeper_name || ' together with it, so that both begin anew.'
        END,
        mismatch.keep_remedy
    ) AS remedies
FROM mismatch
JOIN library_life AS old ON old.process_id = mismatch.process_id
    AND old.library_id = mismatch.old_id
JOIN library_life AS new ON new.process_id = mismatch.process_id
    AND new.library_id = mismatch.new_id
JOIN library_owner AS old_owner ON old_owner.process_id = mismatch.process_id
    AND old_owner.library_id = mismatch.old_id
JOIN library_owner AS new_owner ON new_owner.process_id = mismatch.process_id
    AND new_owner.library_id = mismatch.new_id
WHERE mismatch.number = 1;
