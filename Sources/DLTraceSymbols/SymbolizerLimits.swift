// SPDX-License-Identifier: Apache-2.0

/// What the process that reads symbols may use, and where it looks: its first line of input.
package struct SymbolizerLimits: Codable, Hashable, Sendable {
    /// Memory, beyond what the process has at its start; the files are in it where libdw changes them.
    package var memoryBytes: UInt64 = 4 << 30

    /// Address space beyond that, for a file that is mapped to be read only.
    package var mappedBytes: UInt64 = 0

    /// Processor time for a request.
    package var processorSeconds: UInt64 = 20

    /// Time for a request by the clock.
    package var seconds: Int = 40

    /// Folders with separate debug files.
    package var debugFolders: [String] = SymbolResolver.standardDebugFolders

    /// Creates the limits that are usual.
    package init() {}
}
