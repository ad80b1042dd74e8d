// SPDX-License-Identifier: Apache-2.0

/// The files of Rules/, as they were when dltrace was built.
enum BuiltInRules {
    /// Ids and contents; a test holds it against the folder.
    static let files: [(id: String, bytes: [UInt8])] = [
        ("dangling-environ", PackageResources.dangling_environ_sql),
        ("dangling-exit-handler", PackageResources.dangling_exit_handler_sql),
        ("dangling-pointer", PackageResources.dangling_pointer_sql),
        ("dangling-signal-handler", PackageResources.dangling_signal_handler_sql),
        ("dangling-tls-key", PackageResources.dangling_tls_key_sql),
        ("deepbind-load", PackageResources.deepbind_load_sql),
        ("deferred-unload", PackageResources.deferred_unload_sql),
        ("dlclose-in-atfork", PackageResources.dlclose_in_atfork_sql),
        ("dlclose-in-destructor", PackageResources.dlclose_in_destructor_sql),
        ("exit-with-live-threads", PackageResources.exit_with_live_threads_sql),
        ("failed-dlopen", PackageResources.failed_dlopen_sql),
        ("fini-cycle", PackageResources.fini_cycle_sql),
        ("generation-mismatch", PackageResources.generation_mismatch_sql),
        ("keepalive-cycle", PackageResources.keepalive_cycle_sql),
        ("leaked-open", PackageResources.leaked_open_sql),
        ("load-churn", PackageResources.load_churn_sql),
        ("self-unload", PackageResources.self_unload_sql),
        ("stale-handle", PackageResources.stale_handle_sql),
        ("thread-in-unloaded-library", PackageResources.thread_in_unloaded_library_sql),
        ("unload-ineffective", PackageResources.unload_ineffective_sql),
        ("use-after-fini", PackageResources.use_after_fini_sql),
        ("use-after-unload", PackageResources.use_after_unload_sql),
    ]
}
