// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DLTraceCollector

/// `--max-size` of what records.
struct MaxSizeOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep the database below this size, such as 500M or 2G.",
            discussion:
                "The processes that ended first are removed first, then the oldest events of those that "
                + "run, but for what later ones need. At least 8M.",
            valueName: "size"))
    var maxSize: ByteSize?

    /// The same as a number; nil for no limit.
    var bytes: UInt64? { maxSize?.bytes }

    func validate() throws {
        guard (bytes ?? .max) >= Retention.leastBytes else {
            throw ValidationError("--max-size must be at least \(Retention.leastBytes >> 20)M")
        }
    }
}
