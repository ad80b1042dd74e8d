-- title: an exit handler in an unloaded library
-- severity: error
-- subject: dangling_reference
--
-- What it means
--   A function that lies in a library is to be called at exit, and the library
--   was unloaded. glibc runs the functions that a library registers with
--   atexit, and its static destructors, when the library is closed. It can't
--   do so with on_exit, which does not say whose function it is, nor with
--   __cxa_atexit where the function lies in another object than the dso_handle
--   that was given with it. exit calls such a function all the same, and jumps
--   into memory where no code is.
--
-- How to tell it from a harmless case
--   Functions given to atexit, at_quick_exit and pthread_atfork by the library
--   itself are not reported. It is harmless only if the process never calls
--   exit, that is, ends by _exit or by a signal.
--
-- Remedies
--   - atexit in place of on_exit: glibc runs it at dlclose.
--   - For __cxa_atexit: give the __dso_handle of the object that the function
--     lies in.
--   - RTLD_NODELETE, or -Wl,-z,nodelete: safe; it stays until exit.
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    name || ' was unloaded while exit was still to call ' || label || ' in it, registered with '
        || CASE type
            WHEN 'on_exit' THEN 'on_exit'
            ELSE '__cxa_atexit for another object than its own'
        END
        || CASE
            WHEN times > 1 THEN ' (' || times || ' times)'
            ELSE ''
        END
        || ': exit runs code that is gone' AS message,
    json_array(unloaded, opened) AS detail,
    evidence,
    json_array(
        CASE type
            WHEN 'on_exit' THEN 'The fix: register it with atexit in place of on_exit: glibc then runs it when '
                || name || ' is closed. There is no call that takes an on_exit function back.'
            ELSE 'The fix: register it with the __dso_handle of ' || name || ', as atexit and the compiler do:'
                || ' glibc then runs it when ' || name || ' is closed.'
        END,
        keep_remedy
    ) AS remedies
FROM dangling_reference
WHERE type IN ('on_exit', 'cxa_atexit')
    AND occurrence = 1;
