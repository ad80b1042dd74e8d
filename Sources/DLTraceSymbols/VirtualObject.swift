// SPDX-License-Identifier: Apache-2.0

import CElfutils
import Glibc

/// The kernel's own shared object, which is in no file: this process's is the same one as in any
/// other process on this kernel, which its build id tells.
enum VirtualObject {
    /// Whether a library's name is that of the kernel's object.
    static func isNamed(_ path: String) -> Bool {
        !path.hasPrefix("/") && path.contains("vdso")
    }

    /// Makes a file of it, which has no place in the file system.
    ///
    /// - Returns: An open descriptor, or nil if there is none.
    static func open() -> CInt? {
        let address = getauxval(UInt(AT_SYSINFO_EHDR))
        guard let start = UnsafeRawPointer(bitPattern: address) else { return nil }
        let header = start.loadUnaligned(as: Elf64_Ehdr.self)
        let size = Int(header.e_shoff) + Int(header.e_shentsize) * Int(header.e_shnum)
        let descriptor = memfd_create("vdso", UInt32(CELFUTILS_MFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        guard write(descriptor, start, size) == size else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
