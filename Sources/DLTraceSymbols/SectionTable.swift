// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// The sections of a file that are loaded, and where.
struct SectionTable {
    /// A section that is loaded.
    struct Section {
        /// Its name: `.text`.
        var name: String
        /// The address of its first byte.
        var start: UInt64
        /// The address behind its last byte.
        var end: UInt64
        /// Its header.
        var header: GElf_Shdr
        /// libelf's handle.
        var handle: OpaquePointer
    }

    /// libelf's handle of the file, nil where it cannot be read.
    let elf: OpaquePointer?

    /// The sections in the file's order; empty where the file has no section headers.
    private(set) var sections: [Section] = []

    /// Reads the section headers of a module's file.
    init(module: OpaquePointer) {
        var bias: GElf_Addr = 0
        elf = dwfl_module_getelf(module, &bias)
        var names = 0
        guard let elf, elf_getshdrstrndx(elf, &names) == 0 else { return }
        var current: OpaquePointer?
        while let section = elf_nextscn(elf, current) {
            current = section
            var header = GElf_Shdr()
            guard gelf_getshdr(section, &header) != nil,
                header.sh_flags & UInt64(SHF_ALLOC) != 0,
                case let end = header.sh_addr.addingReportingOverflow(header.sh_size), !end.overflow
            else { continue }
            let name = elf_strptr(elf, names, Int(header.sh_name))
                .map { String(bounded: $0, limit: 64) }
            sections.append(
                Section(
                    name: name ?? "", start: header.sh_addr, end: end.partialValue, header: header,
                    handle: section))
        }
    }

    /// The index of the section that holds an address; thread-local ones have no addresses.
    func index(containing address: UInt64) -> Int? {
        sections.firstIndex {
            $0.start <= address && address < $0.end && $0.header.sh_flags & UInt64(SHF_TLS) == 0
        }
    }

    /// Whether what lies at an address can be run; where there are no sections, all is taken to be code.
    func isCode(at address: UInt64) -> Bool {
        guard let index = index(containing: address) else { return true }
        return sections[index].header.sh_flags & UInt64(SHF_EXECINSTR) != 0
    }
}
