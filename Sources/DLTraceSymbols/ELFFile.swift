// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// An ELF file opened for reading names: at bias 0, so that its own addresses are what counts.
///
/// Used by one owner; not safe for threads.
final class ELFFile {
    /// The file's build id in lower-case hex, empty where it has none.
    let buildID: String

    private let search: DebugSearch
    private let session: OpaquePointer
    private let module: OpaquePointer
    private lazy var sections = SectionTable(module: module)
    private lazy var symbols = SymbolTable(module: module, sections: sections)
    private lazy var linkage = ProcedureLinkage(sections: sections)
    private lazy var debugInformation = DebugInformation(module: module)

    /// Takes over an open file.
    ///
    /// - Parameters:
    ///   - descriptor: The open file, which is closed with the object, or at once on failure.
    ///   - path: The file's path: messages name it, and separate debug files are sought from it.
    ///   - search: Where separate debug files are.
    /// - Throws: ``SymbolError`` where it is not an ELF file.
    init(descriptor: CInt, path: String, search: DebugSearch) throws(SymbolError) {
        guard let session = dwfl_begin(search.callbacks) else {
            close(descriptor)
            throw SymbolError(.notELF, path: path, detail: Self.lastMessage)
        }
        dwfl_report_begin(session)
        guard let module = dwfl_report_elf(session, path, path, descriptor, 0, true) else {
            let detail = Self.lastMessage
            close(descriptor)
            dwfl_end(session)
            throw SymbolError(.notELF, path: path, detail: detail)
        }
        search.attend(to: module)
        var bias: GElf_Addr = 0
        guard dwfl_report_end(session, nil, nil) == 0, dwfl_module_getelf(module, &bias) != nil
        else {
            let detail = Self.lastMessage
            dwfl_end(session)
            throw SymbolError(.notELF, path: path, detail: detail)
        }
        self.search = search
        self.session = session
        self.module = module
        buildID = Self.buildID(of: module)
    }

    deinit { dwfl_end(session) }

    // MARK: - Looking up

    /// The functions that an address lies in, innermost first; empty where nothing is known.
    ///
    /// - Parameters:
    ///   - address: The place.
    ///   - readsLines: Whether debug information is read, or symbol tables only.
    /// - Returns: The frames.
    func frames(at address: SymbolAddress, readsLines: Bool) -> [ResolvedFrame] {
        let place = address.lookedUp
        var frames = readsLines ? debugInformation.frames(at: place) : []
        let symbol = symbols.symbol(at: place) ?? linkage.stub(at: place)
        guard let symbol else {
            // The real function's offset was counted from the byte looked up.
            if let offset = frames.last?.offset {
                frames[frames.count - 1].offset = offset &+ (address.fileAddress &- place)
            }
            return frames
        }
        if frames.isEmpty { frames = [ResolvedFrame()] }
        frames[frames.count - 1].name = symbol.readableName
        frames[frames.count - 1].offset = address.fileAddress &- symbol.start
        frames[frames.count - 1].isData = symbol.isData ? true : nil
        return frames
    }

    // MARK: - libdwfl

    private static var lastMessage: String {
        dwfl_errmsg(-1).map { String(bounded: $0, limit: 256) } ?? ""
    }

    /// A module's build id in lower-case hex, empty where it has none.
    static func buildID(of module: OpaquePointer) -> String {
        var bits: UnsafePointer<UInt8>?
        var address: GElf_Addr = 0
        let count = Int(dwfl_module_build_id(module, &bits, &address))
        guard count > 0, let bits else { return "" }
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: UnsafeBufferPointer(start: bits, count: count).flatMap {
                [digits[Int($0 >> 4)], digits[Int($0 & 15)]]
            }, as: UTF8.self)
    }
}
