// SPDX-License-Identifier: Apache-2.0

/// One process image, and how complete its trace is.
@dynamicMemberLookup
package struct TracedProcess: Sendable, Equatable {
    /// Who it was, and how it ended.
    package let image: ProcessImage
    /// Whether everything up to an orderly end is there.
    package let isComplete: Bool
    /// Records that it made and that never arrived.
    package let lostRecords: Int64
    /// Stretches of bytes that claim to be of it and were no record.
    package let brokenInputs: Int64
    /// Events up to this one were pruned; 0 where none was.
    package let prunedSeq: Int64
    /// Loads and unloads at run time of which no call was seen.
    package let unseenCallers: Int64
    /// Processes that it forked and of which nothing arrived.
    package let silentChildren: Int64
    /// What was different in how it was traced.
    package let modes: [TracerMode]

    /// A property of the image.
    package subscript<Value>(dynamicMember property: KeyPath<ProcessImage, Value>) -> Value {
        image[keyPath: property]
    }
}
