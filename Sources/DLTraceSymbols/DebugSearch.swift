// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// Where separate debug files are looked for: on this machine, never on the network.
///
/// By build id under each folder's `.build-id`; then by `.gnu_debuglink`: next to the file, in
/// `.debug` there, and under each folder, checked by build id or checksum. libdwfl's own search
/// does the same and then loads libdebuginfod to ask the servers that the environment names.
final class DebugSearch {
    /// The folders that hold separate debug files.
    let folders: [String]

    /// What libdwfl calls; it lives as long as the search does.
    let callbacks: UnsafeMutablePointer<Dwfl_Callbacks>

    /// The same for the modules that libdwfl finds in a core file.
    let coreCallbacks: UnsafeMutablePointer<Dwfl_Callbacks>

    private let searchPath: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// Prepares a search in the given folders.
    init(folders: [String]) {
        self.folders = folders
        searchPath = .allocate(capacity: 1)
        searchPath.initialize(to: strdup(folders.joined(separator: ":")))
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(
            to: Dwfl_Callbacks(
                find_elf: { _, _, _, _, _, _ in -1 },
                find_debuginfo: { module, userData, name, base, file, link, checksum, found in
                    let descriptor = dwfl_build_id_find_debuginfo(
                        module, userData, name, base, file, link, checksum, found)
                    guard descriptor < 0, let module, let object = userData?.pointee, let link
                    else { return descriptor }
                    return Unmanaged<DebugSearch>.fromOpaque(object).takeUnretainedValue()
                        .open(
                            link: String(bounded: link, limit: Int(PATH_MAX)),
                            checksum: checksum, of: module, found: found)
                },
                section_address: dwfl_offline_section_address,
                debuginfo_path: searchPath))
        coreCallbacks = .allocate(capacity: 1)
        coreCallbacks.initialize(to: callbacks.pointee)
        coreCallbacks.pointee.find_elf = { module, _, name, _, found, _ in
            guard let module, let name, name.pointee == CChar(bitPattern: UInt8(ascii: "/")) else {
                return -1
            }
            let path = String(bounded: name, limit: Int(PATH_MAX))
            let resolver = SymbolResolver(debugFolders: [])
            let buildID = ELFFile.buildID(of: module)
            guard let descriptor = try? resolver.descriptor(path: path, buildID: buildID) else {
                return -1
            }
            found?.pointee = strdup(path)
            return descriptor
        }
    }

    deinit {
        callbacks.deallocate()
        coreCallbacks.deallocate()
        free(searchPath.pointee)
        searchPath.deallocate()
    }

    /// Takes part in the search for a module's debug file; the module must not outlive the search.
    func attend(to module: OpaquePointer) {
        var userData: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        dwfl_module_info(module, &userData, nil, nil, nil, nil, nil, nil)
        userData?.pointee = Unmanaged.passUnretained(self).toOpaque()
    }

    // MARK: - By build id

    /// The debug files that may be installed for a build id.
    static func candidates(buildID: String, folders: [String]) -> [String] {
        guard buildID.utf8.count > 2, buildID.utf8.allSatisfy({ $0 != UInt8(ascii: "/") }) else {
            return []
        }
        return folders.map { "\($0)/.build-id/\(buildID.prefix(2))/\(buildID.dropFirst(2)).debug" }
    }

    // MARK: - By name

    /// Opens the debug file that a file names by `.gnu_debuglink`.
    ///
    /// - Parameters:
    ///   - link: The name of the debug file.
    ///   - checksum: The CRC-32 that it must have, where build ids don't tell.
    ///   - module: The file.
    ///   - found: Where libdwfl wants to have the path.
    /// - Returns: A descriptor, or -1.
    private func open(
        link: String, checksum: UInt32, of module: OpaquePointer,
        found: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> CInt {
        var mainFile: UnsafePointer<CChar>?
        dwfl_module_info(module, nil, nil, nil, nil, nil, &mainFile, nil)
        guard let mainFile, !link.isEmpty, !link.contains("/") else { return -1 }
        let main = String(bounded: mainFile, limit: Int(PATH_MAX))
        guard main.hasPrefix("/"), let slash = main.lastIndex(of: "/") else { return -1 }
        let folder = main[..<slash]
        let places = [folder + "/", folder + "/.debug/"] + folders.map { $0 + folder + "/" }
        for path in places.map({ $0 + link }) where path != main {
            guard let descriptor = try? RegularFile.open(path) else { continue }
            if isDebugFile(descriptor, of: module, checksum: checksum) {
                found?.pointee = strdup(path)
                return descriptor
            }
            close(descriptor)
        }
        return -1
    }

    /// Whether a file has the build id of a module, or, for one without, the checksum.
    private func isDebugFile(_ descriptor: CInt, of module: OpaquePointer, checksum: UInt32) -> Bool
    {
        var bits: UnsafePointer<UInt8>?
        var address: GElf_Addr = 0
        let count = Int(dwfl_module_build_id(module, &bits, &address))
        guard count > 0, let bits else { return Checksum.crc32(of: descriptor) == checksum }
        guard let elf = elf_begin(descriptor, ELF_C_READ_MMAP, nil) else { return false }
        defer { elf_end(elf) }
        var found: UnsafeRawPointer?
        return dwelf_elf_gnu_build_id(elf, &found) == count
            && found.map { memcmp($0, bits, count) == 0 } == true
    }
}
