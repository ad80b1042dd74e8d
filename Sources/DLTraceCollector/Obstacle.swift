// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why a program can't be traced by preloading a library.
package enum Obstacle: Sendable, Equatable {
    /// It gets another user's or group's rights when it is executed; the loader then ignores LD_PRELOAD.
    case privileged
    /// It has no loader that could preload anything.
    case statically
    /// It is for another word size than `libdltrace.so`.
    case wordSize(Int)
    /// It is for another kind of processor.
    case foreign
    /// Its loader is not glibc's.
    case loader(String)

    init?(elf: ElfFile, status: stat) {
        if !elf.isNative {
            self = elf.bits == 32 ? .wordSize(32) : .foreign
        } else if Self.privileged(status) {
            self = .privileged
        } else if let loader = elf.loader {
            // glibc's are ld-linux-x86-64.so.2, ld-linux-aarch64.so.1 and the like.
            let name = loader.split(separator: "/").last ?? ""
            guard !name.hasPrefix("ld-linux") else { return nil }
            self = .loader(loader)
        } else {
            self = .statically
        }
    }

    /// Whether the kernel sets AT_SECURE for it: execution changes the user or the group.
    static func privileged(_ status: stat) -> Bool {
        let changesUser = status.st_mode & S_ISUID != 0 && status.st_uid != getuid()
        let changesGroup =
            status.st_mode & S_ISGID != 0 && status.st_mode & S_IXGRP != 0
            && status.st_gid != getgid()
        return changesUser || changesGroup
    }

    /// One clause that says why.
    package var reason: String {
        switch self {
        case .privileged:
            "it runs with another user's rights, and the loader then ignores LD_PRELOAD"
        case .statically: "it is linked statically, so no loader can add libdltrace.so"
        case .wordSize(let bits): "it is a \(bits)-bit program, and libdltrace.so is not"
        case .foreign: "it is for another kind of processor"
        case .loader(let path): "its loader is \(path), not glibc's"
        }
    }

    /// Whether LD_PRELOAD stays set for the sake of the programs that this one starts.
    ///
    /// The loaders of the others would complain about the library, or fail.
    package var leavesDescendantsTraceable: Bool { self == .statically }
}
