// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the launcher has to know of a program's ELF file. Nothing in the file is trusted.
struct ElfFile: Sendable, Equatable {
    /// Whether it is for the machine and word size that dltrace itself is for.
    let isNative: Bool
    /// ELFCLASS32 or ELFCLASS64.
    let bits: Int
    /// The loader it names, PT_INTERP; nil: it is linked statically.
    let loader: String?
    /// Its DT_NEEDED entries, in order.
    let needed: [String]

    /// Elf64_Dyn without its union, for which Swift has no plain copy.
    private struct DynamicEntry: BitwiseCopyable {
        let tag: Int64
        let value: UInt64
    }

    /// Most bytes of a table or a string table that are looked at.
    private static let limit: UInt64 = 1 << 24

    /// Reads an ELF file; nil where it is none, or too broken for the kernel to run.
    init?(_ file: Descriptor) {
        guard let header = FileBytes.read(file, at: 0, count: MemoryLayout<Elf64_Ehdr>.size),
            header.starts(with: [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")])
        else { return nil }
        bits = header[Int(EI_CLASS)] == UInt8(ELFCLASS32) ? 32 : 64
        let machine = UInt16(header[18]) | UInt16(header[19]) << 8
        isNative =
            bits == 64 && header[Int(EI_DATA)] == UInt8(ELFDATA2LSB) && machine == Self.machine
        guard isNative else {
            loader = nil
            needed = []
            return
        }
        let elf = header.withUnsafeBytes { $0.loadUnaligned(as: Elf64_Ehdr.self) }
        let segments: [Elf64_Phdr] = Self.table(
            file, at: elf.e_phoff,
            bytes: UInt64(elf.e_phnum) * UInt64(MemoryLayout<Elf64_Phdr>.size))
        loader = segments.first { $0.p_type == UInt32(PT_INTERP) }.flatMap {
            $0.p_filesz <= UInt64(PATH_MAX)
                ? FileBytes.read(file, at: $0.p_offset, count: Int($0.p_filesz)).map(Self.string)
                : nil
        }
        needed = Self.needed(file, segments)
    }

    private static func needed(_ file: Descriptor, _ segments: [Elf64_Phdr]) -> [String] {
        guard let dynamic = segments.first(where: { $0.p_type == UInt32(PT_DYNAMIC) }) else {
            return []
        }
        let entries: [DynamicEntry] = table(file, at: dynamic.p_offset, bytes: dynamic.p_filesz)
        func value(_ tag: Int32) -> UInt64? { entries.first { $0.tag == Int64(tag) }?.value }
        guard let address = value(DT_STRTAB), let size = value(DT_STRSZ), size <= limit,
            let segment = segments.first(where: {
                $0.p_type == UInt32(PT_LOAD) && $0.p_vaddr <= address
                    && address - $0.p_vaddr < $0.p_filesz
            }),
            let strings = FileBytes.read(
                file, at: segment.p_offset &+ (address - segment.p_vaddr), count: Int(size))
        else { return [] }
        return entries.prefix { $0.tag != Int64(DT_NULL) }.compactMap { entry in
            guard entry.tag == Int64(DT_NEEDED), entry.value < size else { return nil }
            return string(strings[Int(entry.value)...])
        }
    }

    /// Reads a table of plain structs; what does not fit is left out.
    private static func table<Entry: BitwiseCopyable>(
        _ file: Descriptor, at offset: UInt64, bytes: UInt64
    ) -> [Entry] {
        guard bytes <= limit, let read = FileBytes.read(file, at: offset, count: Int(bytes)) else {
            return []
        }
        let stride = MemoryLayout<Entry>.stride
        return read.withUnsafeBytes { buffer in
            (0..<buffer.count / stride).map {
                buffer.loadUnaligned(fromByteOffset: $0 * stride, as: Entry.self)
            }
        }
    }

    private static func string(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static var machine: UInt16 {
        #if arch(arm64)
        UInt16(EM_AARCH64)
        #else
        UInt16(EM_X86_64)
        #endif
    }
}
