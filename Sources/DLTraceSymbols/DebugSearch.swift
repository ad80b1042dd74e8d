// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// Where separate debug files are looked for: on this machine, never on the network.
///
/// By build id under each folder's `.build-id`; then by `.gnu_debuglink`: next to the file, in
/// `.debug` there, and under each folder, checked by build id or checksum.
final class DebugSearch {
    /// The folders that hold separate debug files.
    let folders: [String]

    /// What libdwfl calls; it lives as long as the search does.
    let callbacks: UnsafeMutablePointer<Dwfl_Callbacks>

    private let searchPath: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Prepares a search in the given folders.
    init(folders: [String]) {
        self.folders = folders
        // libdwfl's search ends by asking debuginfod's servers, if this names any. The variable
        // is dropped only where it is set: setting variables is not safe beside other threads,
        // and the process that reads symbols for dltrace is started without it.
        if getenv("DEBUGINFOD_URLS") != nil { unsetenv("DEBUGINFOD_URLS") }
        searchPath = .allocate(capacity: 1)
        searchPath.initialize(to: strdup((["", ".debug"] + folders).joined(separator: ":")))
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(
            to: Dwfl_Callbacks(
                find_elf: dwfl_build_id_find_elf,
                find_debuginfo: dwfl_standard_find_debuginfo,
                section_address: dwfl_offline_section_address,
                debuginfo_path: searchPath))
    }

    deinit {
        callbacks.deallocate()
        free(searchPath.pointee)
        searchPath.deallocate()
    }

    /// The debug files that may be installed for a build id.
    static func candidates(buildID: String, folders: [String]) -> [String] {
        guard buildID.utf8.count > 2, buildID.utf8.allSatisfy({ $0 != UInt8(ascii: "/") }) else {
            return []
        }
        return folders.map { "\($0)/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug" }
    }
}
