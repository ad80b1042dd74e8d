// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The program that a command line names: its file, what the kernel will really run, and whether that
/// can be traced.
package struct ProgramFile: Sendable {
    /// The file to execute.
    package let path: RawText
    /// The file that is loaded into the process: `path`, or, for a script, its interpreter.
    package let image: RawText
    /// Why it can't be traced; nil where it can.
    package let obstacle: Obstacle?
    /// Sanitizer runtimes that the image is linked to, by the names it needs them under.
    package let sanitizers: [RawText]

    /// Scripts whose interpreter is a script are followed this far, as the kernel does.
    private static let depthLimit = 5
    private static let slash = UInt8(ascii: "/")

    /// Finds a program as execvp(3) does.
    ///
    /// - Parameters:
    ///   - name: as on the command line; looked up in PATH where it has no slash.
    ///   - searchPath: PATH's value; nil: PATH is not set.
    /// - Throws: `CollectorError` where there is none, or none that may be executed.
    package init(named name: RawText, searchPath: RawText?) throws {
        path = try Self.find(name, searchPath: searchPath)
        image = Self.image(of: path)
        guard let file = Descriptor(image.cString, O_RDONLY | O_NONBLOCK),
            let status = file.status(),
            let elf = ElfFile(file)
        else {
            obstacle = Self.unreadable(image)
            sanitizers = []
            return
        }
        obstacle = Obstacle(elf: elf, status: status)
        sanitizers = elf.needed.map { RawText($0) }.filter(PreloadList.isSanitizer)
    }

    /// What stands between the tracer and a file that can't be read, or is no ELF file.
    ///
    /// A file that may be executed and not read is traced all the same if it is not set-user-id.
    private static func unreadable(_ image: RawText) -> Obstacle? {
        var status = stat()
        guard stat(image.cString, &status) == 0, access(image.cString, R_OK) != 0 else {
            return nil
        }
        return Obstacle.privileged(status) ? .privileged : nil
    }

    private static func find(_ name: RawText, searchPath: RawText?) throws -> RawText {
        guard !name.bytes.contains(slash) else {
            try checkExecutable(name, as: name)
            return name
        }
        guard !name.bytes.isEmpty else {
            throw CollectorError(.programNotFound, "cannot run ''", errno: ENOENT)
        }
        var refused: CollectorError?
        // The default is that of confstr(_CS_PATH), which execvp(3) uses.
        let folders = (searchPath ?? "/bin:/usr/bin").bytes
            .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for folder in folders {
            let parent = folder.isEmpty ? [UInt8(ascii: ".")] : folder
            let candidate = RawText(parent + [slash] + name.bytes)
            do {
                try checkExecutable(candidate, as: name)
                return candidate
            } catch let error where error.code == .programNotExecutable {
                refused = refused ?? error
            } catch {
                continue
            }
        }
        throw refused ?? CollectorError(.programNotFound, "cannot run '\(name)'", errno: ENOENT)
    }

    private static func checkExecutable(_ path: RawText, as name: RawText) throws(CollectorError) {
        var status = stat()
        guard stat(path.cString, &status) == 0 else {
            let code: CollectorError.Code =
                errno == ENOENT || errno == ENOTDIR ? .programNotFound : .programNotExecutable
            throw CollectorError(code, "cannot run '\(name)'", errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG,
            faccessat(AT_FDCWD, path.cString, X_OK, AT_EACCESS) == 0
        else {
            throw CollectorError(.programNotExecutable, "cannot run '\(name)'", errno: EACCES)
        }
    }

    /// Follows `#!` lines; a file that is neither ELF nor has one is run by /bin/sh, as execvp(3) does.
    private static func image(of path: RawText) -> RawText {
        var image = path
        for _ in 0..<depthLimit {
            // 256 is the kernel's BINPRM_BUF_SIZE.
            guard let file = Descriptor(image.cString, O_RDONLY | O_NONBLOCK),
                let start = FileBytes.read(file, upTo: 256)
            else { return image }
            if start.starts(with: [0x7f, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]) {
                return image
            }
            image = interpreter(start) ?? "/bin/sh"
        }
        return image
    }

    private static func interpreter(_ start: [UInt8]) -> RawText? {
        guard start.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) else { return nil }
        let blank = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let line = start.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") && $0 != 0 }
        let word = line.drop { blank.contains($0) }.prefix { !blank.contains($0) }
        return word.isEmpty ? nil : RawText(word)
    }
}
