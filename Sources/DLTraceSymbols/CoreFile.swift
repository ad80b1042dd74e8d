// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// Reads a core file: every thread's stack, through libraries that were unloaded before.
///
/// A stack is unwound by the tables in the code's files. For code that is not mapped any more
/// nothing in the core file tells which file that was; a trace does.
/// Used by one owner; not safe for threads.
final class CoreFile {
    private static let mostFrames = 1_024
    private static let mostThreads = 10_000

    private let path: String
    private let resolver: SymbolResolver
    private let descriptor: CInt
    private let elf: OpaquePointer
    private let search: DebugSearch
    private let session: OpaquePointer
    private var stale: [OpaquePointer: CoreLibrary] = [:]

    /// Opens a core file.
    ///
    /// - Parameters:
    ///   - path: The core file.
    ///   - resolver: Finds the names.
    ///   - search: Where separate debug files are.
    /// - Throws: ``SymbolError`` where it is no core file.
    init(path: String, resolver: SymbolResolver, search: DebugSearch) throws(SymbolError) {
        self.path = path
        self.resolver = resolver
        self.search = search
        do throws(SymbolError) {
            descriptor = try RegularFile.open(path)
        } catch {
            guard error.code == .fileReplaced else { throw error }
            throw SymbolError(.notELF, path: path, detail: "it is no file")
        }
        elf_version(UInt32(EV_CURRENT))
        var header = GElf_Ehdr()
        guard let elf = elf_begin(descriptor, ELF_C_READ_MMAP, nil) else {
            close(descriptor)
            throw SymbolError(.notELF, path: path)
        }
        guard gelf_getehdr(elf, &header) != nil, header.e_type == ET_CORE,
            let session = dwfl_begin(search.coreCallbacks)
        else {
            elf_end(elf)
            close(descriptor)
            throw SymbolError(.notELF, path: path, detail: "it is no core file")
        }
        self.elf = elf
        self.session = session
    }

    deinit {
        dwfl_end(session)
        elf_end(elf)
        close(descriptor)
    }

    // MARK: - Reading

    /// Reads it.
    ///
    /// - Parameter request: What is known of it, and what is asked.
    /// - Returns: What it tells.
    /// - Throws: ``SymbolError`` where it is too broken.
    func report(_ request: CoreRequest) throws(SymbolError) -> CoreReport {
        guard dwfl_core_file_report(session, elf, request.executable) >= 0,
            dwfl_report_end(session, nil, nil) == 0
        else { throw failure() }
        var report = CoreReport(
            process: 0, threads: [], unloaded: [], missing: [])
        report.isTruncated = isTruncated
        var status = stat()
        if fstat(descriptor, &status) == 0 {
            report.writtenUnixNs =
                Int64(status.st_mtim.tv_sec) &* 1_000_000_000
                &+ Int64(status.st_mtim.tv_nsec)
        }
        report.modules = modules()
        addUnloaded(request.libraries, to: &report)
        let process = dwfl_core_file_attach(session, elf)
        guard process >= 0 else { throw failure() }
        report.process = process
        CoreSignal(elf: elf).map { signal in
            report.signal = signal.number
            report.code = signal.code
            report.faultAddress = signal.address
        }
        if request.readsThreads { report.threads = threads() }
        return report
    }

    private var isTruncated: Bool {
        var status = stat()
        var count = 0
        guard fstat(descriptor, &status) == 0, elf_getphdrnum(elf, &count) == 0 else { return true }
        let size = UInt64(clamping: status.st_size)
        return (0..<min(count, 1_000_000)).contains { index in
            var segment = GElf_Phdr()
            guard gelf_getphdr(elf, CInt(index), &segment) != nil else { return true }
            let (end, isTooFar) = segment.p_offset.addingReportingOverflow(segment.p_filesz)
            return isTooFar || end > size
        }
    }

    /// What libdwfl found mapped.
    private func modules() -> [CoreModule] {
        final class List {
            var modules: [OpaquePointer] = []
        }
        let list = List()
        dwfl_getmodules(
            session,
            { module, _, _, _, argument in
                guard let module, let argument else { return CInt(DWARF_CB_ABORT) }
                let list = Unmanaged<List>.fromOpaque(argument).takeUnretainedValue()
                list.modules.append(module)
                return CInt(DWARF_CB_OK)
            }, Unmanaged.passUnretained(list).toOpaque(), 0)
        return list.modules.map { module in
            var start: Dwarf_Addr = 0
            var bias: GElf_Addr = 0
            let elf = dwfl_module_getelf(module, &bias)
            // After that the path of the file is known.
            var mainFile: UnsafePointer<CChar>?
            let label = dwfl_module_info(module, nil, &start, nil, nil, nil, &mainFile, nil)
            let name = (mainFile ?? label).map { String(bounded: $0, limit: Int(PATH_MAX)) }
            return CoreModule(
                path: name ?? "", base: elf == nil ? nil : bias, start: start,
                buildID: ELFFile.buildID(of: module), isReadable: elf != nil)
        }
    }

    private func failure() -> SymbolError {
        let message = dwfl_errmsg(-1).map { String(bounded: $0, limit: 256) } ?? ""
        return SymbolError(.notELF, path: path, detail: message)
    }

    /// Puts the libraries that are not mapped any more where they were.
    private func addUnloaded(_ libraries: [CoreLibrary], to report: inout CoreReport) {
        var gone: [CoreLibrary] = []
        // The newest that lay at an address is taken, unless something lies there now.
        for library in libraries where !library.extent.isEmpty && !isMapped(library.extent) {
            if gone.contains(where: { $0.extent.overlaps(library.extent) }) { continue }
            gone.append(library)
        }
        dwfl_report_begin_add(session)
        for library in gone {
            guard
                let file = try? resolver.descriptor(path: library.path, buildID: library.buildID)
            else {
                report.missing.append(library)
                continue
            }
            guard
                let module = dwfl_report_elf(
                    session, library.path, library.path, file, library.base, true)
            else {
                close(file)
                report.missing.append(library)
                continue
            }
            search.attend(to: module)
            stale[module] = library
            report.unloaded.append(library)
        }
        dwfl_report_end(session, nil, nil)
    }

    private func isMapped(_ extent: Range<UInt64>) -> Bool {
        let places = stride(from: extent.lowerBound, to: extent.upperBound, by: 4_096)
        return places.prefix(65_536).contains { dwfl_addrmodule(session, $0) != nil }
    }

    // MARK: - Threads

    /// A stack while it is read.
    private final class Collection {
        var threads: [CoreThread] = []
        var places: [(address: UInt64, isExact: Bool)] = []
    }

    private func threads() -> [CoreThread] {
        let collection = Collection()
        let argument = Unmanaged.passUnretained(collection).toOpaque()
        dwfl_getthreads(
            session,
            { thread, argument in
                guard let thread, let argument else { return CInt(DWARF_CB_ABORT) }
                let collection = Unmanaged<Collection>.fromOpaque(argument).takeUnretainedValue()
                collection.places = []
                let status = dwfl_thread_getframes(
                    thread,
                    { frame, argument in
                        var address: Dwarf_Addr = 0
                        var isExact = false
                        guard let argument, let frame, dwfl_frame_pc(frame, &address, &isExact)
                        else {
                            return CInt(DWARF_CB_ABORT)
                        }
                        let collection = Unmanaged<Collection>.fromOpaque(argument)
                            .takeUnretainedValue()
                        collection.places.append((address, isExact))
                        return collection.places.count < CoreFile.mostFrames
                            ? CInt(DWARF_CB_OK) : CInt(DWARF_CB_ABORT)
                    }, argument)
                let obstacle =
                    switch status {
                    case 0: String?.none
                    case -1: dwfl_errmsg(-1).map { String(bounded: $0, limit: 256) } ?? "unknown"
                    default: "more than \(CoreFile.mostFrames) frames"
                    }
                collection.threads.append(
                    CoreThread(
                        id: dwfl_thread_tid(thread),
                        frames: collection.places.map {
                            CoreFrame(
                                address: $0.address, isExact: $0.isExact, isUnloaded: false,
                                functions: [])
                        }, obstacle: obstacle))
                return collection.threads.count < CoreFile.mostThreads
                    ? CInt(DWARF_CB_OK) : CInt(DWARF_CB_ABORT)
            }, argument)
        return collection.threads.map { thread in
            var thread = thread
            for index in thread.frames.indices { name(&thread.frames[index]) }
            return thread
        }
    }

    /// Fills in what lies at a frame's address.
    private func name(_ frame: inout CoreFrame) {
        let place = frame.isExact || frame.address == 0 ? frame.address : frame.address - 1
        guard let module = dwfl_addrmodule(session, place) else { return }
        var bias: GElf_Addr = 0
        var mainFile: UnsafePointer<CChar>?
        let elf = dwfl_module_getelf(module, &bias)
        let label = dwfl_module_info(module, nil, nil, nil, nil, nil, &mainFile, nil)
        frame.isUnloaded = stale[module] != nil
        frame.path =
            stale[module]?.path
            ?? (mainFile ?? label).map { String(bounded: $0, limit: Int(PATH_MAX)) }
        guard elf != nil else { return }
        frame.fileAddress = frame.address &- bias
        guard let path = frame.path else { return }
        let address = SymbolAddress(fileAddress: frame.address &- bias, isExact: frame.isExact)
        let functions = try? resolver.lookup(
            path: path, buildID: ELFFile.buildID(of: module), address: address)
        frame.functions = functions ?? []
    }
}
