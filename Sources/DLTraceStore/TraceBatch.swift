// SPDX-License-Identifier: Apache-2.0

package import DLTraceWire

/// What is stored in one transaction: all of it, or nothing.
package struct TraceBatch: Sendable {
    /// Bytes of a source, a pipe's or spill file's path, that were no record.
    package struct Broken: Sendable {
        package let input: BrokenInput
        package let source: String
    }

    /// The end of a process image, by its stream.
    package struct End: Sendable {
        package let stream: UInt64
        package let witness: EndWitness
    }

    /// Records; they may be out of order, and may have been stored before.
    package var records: [DLTraceWire.Record] = []
    package private(set) var broken: [Broken] = []
    package private(set) var ends: [End] = []

    /// A batch of nothing.
    package init() {}

    /// Whether it has nothing.
    package var isEmpty: Bool { records.isEmpty && broken.isEmpty && ends.isEmpty }

    /// Adds bytes that were no record.
    package mutating func add(_ input: BrokenInput, of source: String) {
        broken.append(Broken(input: input, source: source))
    }

    /// Adds the end of a process image, which is after its records.
    package mutating func addEnd(stream: UInt64, witness: EndWitness) {
        ends.append(End(stream: stream, witness: witness))
    }

    /// Takes everything out.
    package mutating func removeAll() {
        records.removeAll(keepingCapacity: true)
        broken.removeAll()
        ends.removeAll()
    }
}
