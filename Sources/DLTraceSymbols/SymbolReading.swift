// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which process reads the files that names are looked up in.
package enum SymbolReading: Sendable {
    /// A process of dltrace's own when this process is dltrace, else this process.
    case automatic
    /// This process: only for files that are trusted.
    case here
    /// A process that runs a program which ends up in ``SymbolizerServer/run()``.
    case process(program: String, arguments: [String])

    /// How the dltrace command starts itself anew for reading symbols.
    package static let ownProcess = SymbolReading.process(
        program: "/proc/self/exe", arguments: ["dltrace", "symbolize"])

    func reader(limits: SymbolizerLimits) -> any SymbolReader {
        switch self {
        case .automatic:
            return (Self.isInCommand ? Self.ownProcess : .here).reader(limits: limits)
        case .here:
            return LocalReader(resolver: SymbolResolver(debugFolders: limits.debugFolders))
        case .process(let program, let arguments):
            return SymbolizerProcess(program: program, arguments: arguments, limits: limits)
        }
    }

    /// Whether this process runs the dltrace command, and not a test.
    private static var isInCommand: Bool {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &target, target.count)
        guard length > 0 else { return false }
        let path = String(
            decoding: target.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The kernel marks a program whose file was deleted or replaced.
        return ["dltrace", "dltrace (deleted)"].contains(path.split(separator: "/").last ?? "")
    }
}
