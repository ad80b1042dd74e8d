-- title: a pthread_key destructor in an unloaded library
-- severity: error
-- subject: dangling_reference
--
-- What it means
--   A library gave pthread_key_create a destructor that lies in it, and was
--   unloaded while the key was still there. glibc calls the destructor in each
--   thread that ends with a value for the key: the thread then jumps into
--   memory where no code is, often long after the dlclose and far from it.
--
-- How to tell it from a harmless case
--   A key that was deleted before, or that has no destructor, is not reported.
--   It is harmless only if no thread that ends has a value for the key.
--
-- Remedies
--   - pthread_key_delete in a shutdown function of the library (or in its
--     destructor), when its threads have ended: pthread_key_delete calls no
--     destructor, so free the values first.
--   - A thread_local object in place of the key: glibc then keeps the library
--     until the threads that used it have ended.
--   - RTLD_NODELETE, or -Wl,-z,nodelete: safe; it stays until exit.
SELECT
    process_id,
    path AS library,
    'error' AS severity,
    name || ' was unloaded while ' || label || ' in it was still the destructor of pthread key ' || number
        || CASE
            WHEN times > 1 THEN ' (and of ' || (times - 1) || ' more)'
            ELSE ''
        END
        || ': a thread that ends with a value for this key runs code that is gone' AS message,
    json_array(unloaded, opened) AS detail,
    evidence,
    json_array(
        'The fix: call pthread_key_delete for the key before ' || name || ' is closed, in a shutdown function'
            || ' or in its destructor; it calls no destructors, so free what threads have stored first.',
        CASE
            WHEN is_cpp
                THEN 'Or use a thread_local object in place of the key: it keeps ' || name
                    || ' loaded until the threads that used it have ended.'
            ELSE 'Or end the threads that used ' || name || ' before it is closed, then delete the key.'
        END,
        keep_remedy
    ) AS remedies
FROM dangling_reference
WHERE type = 'tls_key'
    AND occurrence = 1;
