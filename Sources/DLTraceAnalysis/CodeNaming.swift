// SPDX-License-Identifier: Apache-2.0

/// Looks up what a database has no name for.
package protocol CodeNaming {
    /// What is known of each place, in their order.
    func names(of places: [CodePlace]) -> [CodeName]
}
