// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where `libdltrace.so` is.
package enum TracerLibrary {
    /// Finds the library: DLTRACE_LIBRARY, else beside the executable, else in the source tree that the
    /// executable was built in.
    ///
    /// - Throws: `CollectorError` with the places that were looked at.
    package static func find(
        environment: EnvironmentBlock = EnvironmentBlock(), executable: String? = nil
    ) throws -> String {
        let path: String
        if let named = environment["DLTRACE_LIBRARY"] {
            guard let absolute = resolved(named), isFile(absolute) else {
                throw CollectorError(
                    .noTracer, "cannot use DLTRACE_LIBRARY=\(named)", "there is no such file",
                    advice: "let it name libdltrace.so, or unset it")
            }
            path = absolute
        } else {
            let places = candidates(besides: executable ?? resolved("/proc/self/exe") ?? "")
            guard let found = places.first(where: isFile) else {
                throw CollectorError(
                    .noTracer, "cannot find libdltrace.so",
                    "it is not in \(places.prefix(2).joined(separator: " or "))",
                    advice: "build it with 'make interposer', or let DLTRACE_LIBRARY name it")
            }
            path = found
        }
        // ld.so splits LD_PRELOAD at these, and knows no way to quote them.
        guard !path.contains(where: { $0 == ":" || $0 == " " }) else {
            throw CollectorError(
                .noTracer, "cannot preload \(path)", "LD_PRELOAD can't hold a space or a colon",
                advice: "let DLTRACE_LIBRARY name a copy elsewhere")
        }
        return path
    }

    private static func candidates(besides executable: String) -> [String] {
        var folder = parent(executable)
        var places = ["/lib/dltrace/libdltrace.so", "/lib/libdltrace.so"].map {
            parent(folder) + $0
        }
        while !folder.isEmpty {
            places.append(folder + "/interposer/build/libdltrace.so")
            folder = parent(folder)
        }
        return places
    }

    private static func parent(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    private static func resolved(_ path: String) -> String? {
        guard let absolute = realpath(path, nil) else { return nil }
        defer { free(absolute) }
        return String(cString: absolute)
    }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
