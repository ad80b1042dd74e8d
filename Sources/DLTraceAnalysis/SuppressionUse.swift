// SPDX-License-Identifier: Apache-2.0

/// A suppression, and how many findings it kept back.
package struct SuppressionUse: Sendable, Equatable {
    /// The line.
    package let suppression: Suppression
    /// How many findings; one that several lines match counts for the first of them.
    package let findings: Int
}
