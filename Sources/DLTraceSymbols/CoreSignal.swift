// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// The signal that ended a process, as the kernel notes it in a core file.
struct CoreSignal {
    /// NT_SIGINFO.
    private static let noteType = 0x5349_4749

    /// Its number, signal(7).
    let number: Int32

    /// Its si_code, sigaction(2).
    let code: Int32

    /// The address it is about, if it is about one.
    let address: UInt64?

    /// Finds the note.
    init?(elf: OpaquePointer) {
        var count = 0
        guard elf_getphdrnum(elf, &count) == 0 else { return nil }
        for index in 0..<min(count, 65_536) {
            var segment = GElf_Phdr()
            guard gelf_getphdr(elf, CInt(index), &segment) != nil, segment.p_type == PT_NOTE,
                let size = Int(exactly: segment.p_filesz),
                let offset = Int64(exactly: segment.p_offset),
                let data = elf_getdata_rawchunk(elf, offset, size, ELF_T_NHDR),
                let signal = Self.find(in: data)
            else { continue }
            self = signal
            return
        }
        return nil
    }

    private init(number: Int32, code: Int32, address: UInt64?) {
        self.number = number
        self.code = code
        self.address = address
    }

    private static func find(in data: UnsafeMutablePointer<Elf_Data>) -> CoreSignal? {
        var offset = 0
        var header = GElf_Nhdr()
        var name = 0
        var content = 0
        while true {
            let next = gelf_getnote(data, offset, &header, &name, &content)
            guard next > offset else { return nil }
            offset = next
            guard Int(header.n_type) == noteType, header.n_descsz >= 24,
                let bytes = data.pointee.d_buf
            else { continue }
            let info = bytes + content
            let number = info.loadUnaligned(as: Int32.self)
            let code = info.loadUnaligned(fromByteOffset: 8, as: Int32.self)
            let isAboutAddress =
                code > 0 && [SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV].contains(number)
            return CoreSignal(
                number: number, code: code,
                address: isAboutAddress
                    ? info.loadUnaligned(fromByteOffset: 16, as: UInt64.self) : nil)
        }
    }
}
