// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging

/// The logger that commands hand down: to stderr, and silent below warnings unless DLTRACE_DEBUG is set.
enum Log {
    /// Makes it.
    static func make() -> Logger {
        var logger = Logger(label: "dltrace") { StreamLogHandler.standardError(label: $0) }
        let debug = getenv("DLTRACE_DEBUG").map { String(cString: $0) } ?? ""
        logger.logLevel = debug.isEmpty ? .warning : .debug
        return logger
    }
}
