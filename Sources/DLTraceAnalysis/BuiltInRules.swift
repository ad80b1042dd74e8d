// SPDX-License-Identifier: Apache-2.0

/// The files of Rules/, as they were when dltrace was built.
enum BuiltInRules {
    /// Ids and contents; a test holds it against the folder.
    static let files: [(id: String, bytes: [UInt8])] = [
        ("dlclose-in-destructor", PackageResources.dlclose_in_destructor_sql),
        ("failed-dlopen", PackageResources.failed_dlopen_sql),
        ("leaked-open", PackageResources.leaked_open_sql),
        ("self-unload", PackageResources.self_unload_sql),
        ("unload-ineffective", PackageResources.unload_ineffective_sql),
        ("use-after-unload", PackageResources.use_after_unload_sql),
    ]
}
