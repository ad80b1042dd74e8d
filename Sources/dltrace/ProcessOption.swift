// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis

extension ProcessSelection: ExpressibleByArgument {
    package var defaultValueDescription: String {
        switch self {
        case .last: "last"
        case .all: "all"
        case .id(let id): String(id)
        }
    }
}

extension Severity: ExpressibleByArgument {}
