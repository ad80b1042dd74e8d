// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceAnalysis

extension ProcessSelection: ExpressibleByArgument {
    package var defaultValueDescription: String { argument }
}

extension Severity: ExpressibleByArgument {}
