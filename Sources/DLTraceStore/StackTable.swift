// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The tables stack, stack_frame and frame: each stack once, as far as memory reaches.
final class StackTable {
    private struct Frame: Hashable {
        let process: Int64
        let address: UInt64
        let library: Int64
        let isExact: Bool
    }

    /// What tells stacks apart: 128 bits of keyed hash of their frames' numbers.
    private struct Fingerprint: Hashable {
        let first: Int
        let second: Int
    }

    private let insertFrame: FactStatement
    private let insertStack: FactStatement
    private let insertStackFrame: FactStatement
    private var frames = BoundedCache<Frame>(limit: 1 << 16)
    private var stacks = BoundedCache<Fingerprint>(limit: 1 << 16)
    private var numbers: [Int64] = []

    init(_ database: Database) throws {
        insertFrame = try FactStatement(
            database,
            "INSERT INTO frame (process_id, address, library_id, is_exact) VALUES (?, ?, ?, ?)")
        insertStack = try FactStatement(
            database,
            "INSERT INTO stack (is_truncated, is_broken, is_enclosed) VALUES (?, ?, ?)")
        insertStackFrame = try FactStatement(
            database, "INSERT INTO stack_frame (stack_id, position, frame_id) VALUES (?, ?, ?)")
        numbers.reserveCapacity(128)
    }

    /// The number of a stack of a process, whose libraries tell what lies at its addresses; nil for one
    /// that says nothing. A library that is `gone` by now was there when the stack was taken.
    func id(
        process: Int64, _ stack: WireStack, libraries: LiveLibraries, gone: LiveLibrary? = nil
    ) throws -> Int64? {
        guard !stack.addresses.isEmpty || !stack.flags.isEmpty else { return nil }
        numbers.removeAll(keepingCapacity: true)
        for (position, address) in stack.addresses.enumerated() {
            let isExact = position == 0 && stack.flags.contains(.exact)
            // A call that never returns may be the last instruction of its library.
            let place = isExact ? address : address &- 1
            let library = gone?.covers(place) == true ? gone?.id : libraries.library(at: place)
            let frame = Frame(
                process: process, address: address, library: library ?? 0, isExact: isExact)
            numbers.append(try id(frame))
        }
        let key = Fingerprint(
            first: hash(seed: 1, flags: stack.flags), second: hash(seed: 2, flags: stack.flags))
        if let known = stacks[key] { return known }
        insertStack.bind(1, stack.flags.contains(.truncated))
        insertStack.bind(2, stack.flags.contains(.broken))
        insertStack.bind(3, stack.flags.contains(.enclosed))
        guard let id = try insertStack.insert() else { return nil }
        insertStackFrame.bind(1, id)
        for (position, frame) in numbers.enumerated() {
            insertStackFrame.bind(2, Int64(position))
            insertStackFrame.bind(3, frame)
            try insertStackFrame.run()
        }
        stacks[key] = id
        return id
    }

    func clearCache() {
        frames.clear()
        stacks.clear()
    }

    private func id(_ frame: Frame) throws -> Int64 {
        if let known = frames[frame] { return known }
        insertFrame.bind(1, frame.process)
        insertFrame.bind(2, frame.address)
        insertFrame.bind(3, frame.library == 0 ? nil : frame.library)
        insertFrame.bind(4, frame.isExact)
        let id = try insertFrame.insert() ?? 0
        frames[frame] = id
        return id
    }

    private func hash(seed: UInt8, flags: StackFlags) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        hasher.combine(flags.rawValue)
        numbers.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
