// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// The inside of the process that reads symbols: lines of JSON on the standard input and output.
///
/// The first line in is a ``SymbolizerLimits``; the process takes them upon itself and answers
/// with an empty object. Each further line is a ``SymbolizerQuestion``, answered by a
/// ``SymbolReply`` or a ``CoreReply``. It ends when its input does.
package enum SymbolizerServer {
    /// Serves until the input ends.
    ///
    /// - Throws: ``SymbolError`` where a line is not what it has to be.
    package static func run() throws {
        guard let first = readLine() else { return }
        let limits = try decode(SymbolizerLimits.self, first)
        takeOn(limits)
        write(Data("{}".utf8))
        let resolver = SymbolResolver(debugFolders: limits.debugFolders)
        let encoder = JSONEncoder()
        while let line = readLine() {
            let question = try decode(SymbolizerQuestion.self, line)
            grantTime(limits.processorSeconds)
            if let request = question.names {
                write(try encoder.encode(resolver.reply(to: request)))
            } else if let request = question.core {
                write(try encoder.encode(reply(to: request, from: resolver)))
            } else {
                throw SymbolError(
                    .readerUnavailable, path: "standard input", detail: "a line asks for nothing")
            }
        }
    }

    private static func reply(to request: CoreRequest, from resolver: SymbolResolver) -> CoreReply {
        do throws(SymbolError) {
            return CoreReply(report: try resolver.report(for: request))
        } catch {
            return CoreReply(failure: error)
        }
    }

    // MARK: - Lines

    private static func decode<Value: Decodable>(_ type: Value.Type, _ line: String) throws -> Value
    {
        do {
            return try JSONDecoder().decode(type, from: Data(line.utf8))
        } catch {
            throw SymbolError(
                .readerUnavailable, path: "standard input", detail: "a line is no \(type)")
        }
    }

    /// Writes an answer; one that nobody reads any more ends the process (SIGPIPE).
    private static func write(_ answer: Data) {
        let line = answer + [UInt8(ascii: "\n")]
        var written = 0
        while written < line.count {
            let count = line.withUnsafeBytes { bytes in
                Glibc.write(
                    STDOUT_FILENO, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count > 0 { written += count } else if errno != EINTR { return }
        }
    }

    // MARK: - Limits

    private static func takeOn(_ limits: SymbolizerLimits) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(CInt(RLIMIT_CORE.rawValue), &none)
        // The kernel's vdso is copied into a file in memory.
        var small = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
        setrlimit(CInt(RLIMIT_FSIZE.rawValue), &small)
        // A core file's size, which is anybody's to choose, counts for address space, not for memory.
        let pages = pagesInUse()
        limit(RLIMIT_DATA, to: pages.data, plus: limits.memoryBytes)
        let (space, isHuge) = limits.memoryBytes.addingReportingOverflow(limits.mappedBytes)
        limit(RLIMIT_AS, to: pages.all, plus: isHuge ? .max : space)
    }

    private static func limit(
        _ resource: __rlimit_resource, to pages: UInt64, plus bytes: UInt64
    ) {
        var limit = rlimit()
        guard getrlimit(CInt(resource.rawValue), &limit) == 0 else { return }
        let used = pages &* UInt64(sysconf(CInt(_SC_PAGESIZE)))
        let (wanted, isHuge) = used.addingReportingOverflow(bytes)
        limit.rlim_cur = min(isHuge ? .max : rlim_t(wanted), limit.rlim_max)
        limit.rlim_max = limit.rlim_cur
        setrlimit(CInt(resource.rawValue), &limit)
    }

    /// Allows processor time from now on; what was used before does not count.
    private static func grantTime(_ seconds: UInt64) {
        var usage = rusage()
        var limit = rlimit()
        guard getrusage(CInt(RUSAGE_SELF.rawValue), &usage) == 0,
            getrlimit(CInt(RLIMIT_CPU.rawValue), &limit) == 0
        else { return }
        let used = UInt64(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1
        limit.rlim_cur = min(rlim_t(used + seconds), limit.rlim_max)
        setrlimit(CInt(RLIMIT_CPU.rawValue), &limit)
    }

    /// What the process has mapped by now, and how much of it for writing: with a sanitizer that is terabytes.
    private static func pagesInUse() -> (all: UInt64, data: UInt64) {
        guard let file = fopen("/proc/self/statm", "re") else { return (0, 0) }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        guard fgets(&text, CInt(text.count), file) != nil else { return (0, 0) }
        let numbers = String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ").map { UInt64($0) ?? 0 }
        return numbers.count > 5 ? (numbers[0], numbers[5]) : (0, 0)
    }
}
