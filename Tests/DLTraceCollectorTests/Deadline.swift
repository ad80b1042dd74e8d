// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Waits for something that another thread or process does.
///
/// - Returns: whether it came true in time.
func becomesTrue(within seconds: Double = 20, _ condition: () throws -> Bool) rethrows -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
        if try condition() { return true }
        poll(nil, 0, 5)
    }
    return try condition()
}
