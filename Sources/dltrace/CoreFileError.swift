// SPDX-License-Identifier: Apache-2.0

import DLTraceSymbols

/// A core file that can't be read.
struct CoreFileError: Error {
    /// The file.
    let path: String
    /// Why.
    let why: String
    /// What to do about it.
    let advice: String

    /// What reading it ran into.
    init(_ error: SymbolError) {
        path = error.path
        switch error.code {
        case .fileGone:
            why = "there is no such file"
            advice = "Core files go where /proc/sys/kernel/core_pattern says; see core(5)."
        case .fileUnreadable:
            why = "it can't be read: " + error.detail
            advice = "Core files belong to the user whose program it was."
        case .readerCrashed:
            why = "it crashed the process that reads it"
            advice = "It is damaged; make a new one, or try gdb's word on it."
        case .readerTooSlow:
            why = "reading it took too long"
            advice = "It is damaged, or too large for this machine."
        case .readerUnavailable:
            why = error.reason
            advice = "Check the installation of dltrace."
        default:
            why =
                "not a core file that can be read"
                + (error.detail.isEmpty ? "" : ": " + error.detail)
            advice =
                "A compressed one must be unpacked first: zstd -d, lz4 -d, or coredumpctl dump."
        }
    }
}
