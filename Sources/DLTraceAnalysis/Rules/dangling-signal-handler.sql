-- title: a signal handler in an unloaded library
-- severity: error
--
-- What it means
--   A library installed a signal handler (sigaction, signal) that lies in it,
--   and was unloaded while the handler was still installed. The next such
--   signal makes the thread that gets it jump into memory where no code is.
--
-- How to tell it from a harmless case
--   A handler that was replaced before the dlclose is not reported. There is no
--   harmless case but that the signal never comes.
--
-- Remedies
--   - Restore what sigaction returned as the old action before the library is
--     closed.
--   - Have the program install the handler, and the library offer a function
--     that it calls.
--   - RTLD_NODELETE, or -Wl,-z,nodelete: safe; it stays until exit.
SELECT
    dangling_reference.process_id,
    dangling_reference.path AS library,
    'error' AS severity,
    dangling_reference.name || ' was unloaded while ' || dangling_reference.label
        || ' in it was still the handler of '
        || COALESCE(signal_name.name, 'signal ' || dangling_reference.number)
        || ': when that signal comes, code runs that is gone' AS message,
    json_array(dangling_reference.unloaded, dangling_reference.opened) AS detail,
    dangling_reference.evidence,
    json_array(
        'The fix: keep the old action, sigaction('
            || COALESCE(signal_name.name, dangling_reference.number) || ', &new, &old), and restore it with sigaction('
            || COALESCE(signal_name.name, dangling_reference.number) || ', &old, NULL) in a shutdown function of '
            || dangling_reference.name || ', or in its destructor.',
        dangling_reference.keep_remedy
    ) AS remedies
FROM dangling_reference
LEFT JOIN signal_name ON signal_name.signal = dangling_reference.number
WHERE dangling_reference.type = 'signal_handler';
