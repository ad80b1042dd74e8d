// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// The stubs through which a file calls other files' functions: `puts@plt`, as gdb calls them.
///
/// They have no symbols. Each jumps through a slot of the global offset table, and a relocation
/// tells whose address the loader puts into that slot. x86-64 only; elsewhere no stub has a name.
struct ProcedureLinkage {
    private struct Stubs {
        var start: UInt64
        var stubBytes: UInt64
        var code: [UInt8]
    }

    /// R_X86_64_GLOB_DAT and R_X86_64_JUMP_SLOT.
    private static let slotRelocations: Set<UInt64> = [6, 7]

    private var stubs: [Stubs] = []
    /// The symbol whose address a slot holds, by the slot's address.
    private var slots: [UInt64: String] = [:]

    /// Reads the stubs and slots of a file.
    init(sections table: SectionTable) {
        var header = GElf_Ehdr()
        guard let elf = table.elf, gelf_getehdr(elf, &header) != nil,
            header.e_machine == EM_X86_64
        else { return }
        for section in table.sections {
            if section.header.sh_type == SHT_RELA {
                readSlots(elf, section)
            } else if section.header.sh_type == SHT_PROGBITS,
                [".plt", ".plt.sec", ".plt.got"].contains(section.name)
            {
                readStubs(section)
            }
        }
    }

    /// The stub that an address lies in.
    func stub(at address: UInt64) -> Symbol? {
        for stubs in stubs where address >= stubs.start {
            let offset = address - stubs.start
            guard offset < stubs.code.count else { continue }
            let first = offset - offset % stubs.stubBytes
            let stub = stubs.code[Int(first)...].prefix(Int(stubs.stubBytes))
            guard let slot = Self.slot(of: Array(stub), at: stubs.start + first),
                let name = slots[slot]
            else { continue }
            return Symbol(name: name, start: stubs.start + first, isStub: true)
        }
        return nil
    }

    // MARK: - Reading

    private mutating func readStubs(_ section: SectionTable.Section) {
        guard let data = elf_getdata(section.handle, nil)?.pointee, let bytes = data.d_buf else {
            return
        }
        let size = section.header.sh_entsize
        stubs.append(
            Stubs(
                start: section.start, stubBytes: (8...64).contains(size) ? size : 16,
                code: Array(UnsafeRawBufferPointer(start: bytes, count: data.d_size))))
    }

    private mutating func readSlots(_ elf: OpaquePointer, _ section: SectionTable.Section) {
        var symbolProperties = GElf_Shdr()
        guard let symbolSection = elf_getscn(elf, Int(section.header.sh_link)),
            gelf_getshdr(symbolSection, &symbolProperties) != nil,
            let symbols = elf_getdata(symbolSection, nil),
            let relocations = elf_getdata(section.handle, nil)
        else { return }
        var index: CInt = 0
        var relocation = GElf_Rela()
        while gelf_getrela(relocations, index, &relocation) != nil {
            index += 1
            guard Self.slotRelocations.contains(relocation.r_info & 0xffff_ffff) else { continue }
            var symbol = GElf_Sym()
            guard
                gelf_getsym(symbols, CInt(truncatingIfNeeded: relocation.r_info >> 32), &symbol)
                    != nil,
                let name = elf_strptr(
                    elf, Int(symbolProperties.sh_link), Int(symbol.st_name))
            else { continue }
            slots[relocation.r_offset] = String(bounded: name, limit: Demangler.longestSymbol)
        }
    }

    /// The slot that a stub jumps through: `jmp *displacement(%rip)`, ff 25.
    private static func slot(of stub: [UInt8], at address: UInt64) -> UInt64? {
        guard stub.count >= 6 else { return nil }
        for index in 0...stub.count - 6 where stub[index] == 0xff && stub[index + 1] == 0x25 {
            let displacement = stub[(index + 2)..<(index + 6)].reversed()
                .reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return address &+ UInt64(index + 6)
                &+ UInt64(bitPattern: Int64(Int32(bitPattern: displacement)))
        }
        return nil
    }
}
