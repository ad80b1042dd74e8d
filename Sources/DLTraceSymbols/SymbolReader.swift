// SPDX-License-Identifier: Apache-2.0

/// Answers requests for names.
protocol SymbolReader: AnyObject {
    /// Answers a request.
    ///
    /// - Returns: The names, or what stood in the way of this file.
    /// - Throws: ``SymbolError`` where no file can be read at all.
    func reply(to request: SymbolRequest) throws(SymbolError) -> SymbolReply

    /// Reads a core file.
    ///
    /// - Returns: What it tells.
    /// - Throws: ``SymbolError`` where it can't be read.
    func report(for request: CoreRequest) throws(SymbolError) -> CoreReport
}
