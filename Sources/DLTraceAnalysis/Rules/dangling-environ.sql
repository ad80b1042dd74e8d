-- title: an environment entry in an unloaded library
-- severity: error
-- subject: dangling_reference
--
-- What it means
--   putenv does not copy: the string it is given becomes part of the
--   environment. A library gave it a string in its own memory, a literal or a
--   static array, and was unloaded. The next getenv, setenv or exec that goes
--   through the environment reads memory that is gone, whatever variable it
--   looks for.
--
-- How to tell it from a harmless case
--   A variable that was set anew or removed before the dlclose is not
--   reported. There is no harmless case: each getenv compares every entry.
--
-- Remedies
--   - setenv, which copies, in place of putenv.
--   - unsetenv before the library is closed.
--   - RTLD_NODELETE, or -Wl,-z,nodelete: safe; it stays until exit.
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    name || ' was unloaded while the string of the environment variable ' || COALESCE(text, 'at ' || label)
        || ' lay in its memory: the next getenv, setenv or exec reads memory that is gone' AS message,
    json_array(unloaded, opened, 'the string lies at ' || label) AS detail,
    evidence,
    json_array(
        'The fix: setenv("' || COALESCE(text, 'NAME') || '", value, 1) in place of putenv: it copies.',
        'Or unsetenv("' || COALESCE(text, 'NAME') || '") in a shutdown function of ' || name
            || ', before it is closed.',
        keep_remedy
    ) AS remedies
FROM dangling_reference
WHERE type = 'environ'
    AND occurrence = 1;
