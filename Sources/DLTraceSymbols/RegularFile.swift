// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Opens what a trace, a debug link or a user names as a file.
enum RegularFile {
    /// Opens a file for reading.
    ///
    /// Anything may be at the path by now. To open a FIFO can wait for ever, and to open a device can do things:
    /// so it is looked at before, and once more when it is open.
    /// - Returns: A descriptor.
    /// - Throws: ``SymbolError``; `fileReplaced` for what is no file.
    static func open(_ path: String) throws(SymbolError) -> CInt {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SymbolError(.fileReplaced, path: path)
        }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(path) }
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw SymbolError(.fileReplaced, path: path)
        }
        return descriptor
    }

    /// What errno says.
    private static func failure(_ path: String) -> SymbolError {
        switch errno {
        case ENOENT, ENOTDIR, ELOOP, ENXIO: SymbolError(.fileGone, path: path)
        case let code:
            SymbolError(.fileUnreadable, path: path, detail: String(cString: strerror(code)))
        }
    }
}
