// SPDX-License-Identifier: Apache-2.0

/// Reads core files.
package enum CoreReader {
    /// Reads every thread's stack, through libraries that were unloaded before.
    ///
    /// - Parameters:
    ///   - request: The core file and what a trace knows of its process.
    ///   - reading: Which process reads the file, which may be hostile.
    ///   - limits: What that process may use; room for the core file is added.
    /// - Returns: What the core file tells.
    /// - Throws: ``SymbolError`` where it is no core file or cannot be read.
    package static func read(
        _ request: CoreRequest, using reading: SymbolReading = .automatic,
        limits: SymbolizerLimits = SymbolizerLimits()
    ) throws(SymbolError) -> CoreReport {
        var limits = limits
        let size = FileIdentity(path: request.path)?.sizeBytes ?? 0
        limits.mappedBytes = UInt64(clamping: size)
        return try reading.reader(limits: limits).report(for: request)
    }
}
