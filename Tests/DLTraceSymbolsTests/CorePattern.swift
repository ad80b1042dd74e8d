// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the kernel puts core files.
enum CorePattern {
    /// Whether that is the working folder of the process, under a name like core.
    static var isPlainName: Bool {
        let pattern = try? String(
            contentsOfFile: "/proc/sys/kernel/core_pattern", encoding: .utf8)
        return pattern?.hasPrefix("core") == true && pattern?.contains("/") == false
    }
}
