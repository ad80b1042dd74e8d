// SPDX-License-Identifier: Apache-2.0

/// Answers requests within this process.
final class LocalReader: SymbolReader {
    private let resolver: SymbolResolver

    /// Creates a reader.
    init(resolver: SymbolResolver) {
        self.resolver = resolver
    }

    func reply(to request: SymbolRequest) throws(SymbolError) -> SymbolReply {
        resolver.reply(to: request)
    }

    func report(for request: CoreRequest) throws(SymbolError) -> CoreReport {
        try resolver.report(for: request)
    }
}
