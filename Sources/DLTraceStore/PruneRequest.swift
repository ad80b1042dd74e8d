// SPDX-License-Identifier: Apache-2.0

/// What is to be removed from a database.
package struct PruneRequest: Sendable {
    /// Processes of which nothing is newer than this: nanoseconds since 1970.
    package var before: Int64?
    /// The oldest until the database is no larger than this.
    package var maxBytes: UInt64?
    /// These, also where they still run.
    package var named: Set<Int64> = []
    /// These, unless they still run.
    package var offered: Set<Int64> = []
    /// Whether the indexes are to be made before the size is looked at.
    package var makesIndexes = false
    /// Only tell what would be.
    package var isDryRun = false

    /// Nothing yet.
    package init() {}
}
