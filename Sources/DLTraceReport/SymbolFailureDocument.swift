// SPDX-License-Identifier: Apache-2.0

import DLTraceAnalysis

/// Why names are missing, in JSON.
struct SymbolFailureDocument: Encodable {
    private let library: String
    private let reason: String

    init(_ failure: SymbolFailure) {
        library = failure.library
        reason = failure.reason
    }
}
