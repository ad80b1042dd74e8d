// SPDX-License-Identifier: Apache-2.0

import DLTraceWire
import GRDB

/// The tables stack, stack_frame and frame: each stack once, as far as memory reaches.
final class StackTable {
    /// A frame's address, and what lay there: the library's number, or 0 for none.
    private struct Place: Hashable {
        let address: UInt64
        let library: Int64
    }

    private struct Frame: Hashable {
        let process: Int64
        let place: Place
        let isExact: Bool
    }

    /// What tells stacks apart: 128 bits of keyed hash of all that is stored of them.
    private struct Fingerprint: Hashable {
        let first: Int
        let second: Int
    }

    private let insertFrame: FactStatement
    private let insertStack: FactStatement
    private let insertStackFrame: FactStatement
    private var frames = BoundedCache<Frame>(limit: 1 << 16)
    private var stacks = BoundedCache<Fingerprint>(limit: 1 << 16)
    /// The stack that is looked up, kept for its memory.
    private var places: [Place] = []

    init(_ database: Database) throws {
        insertFrame = try FactStatement(
            database,
            "INSERT INTO frame (process_id, address, library_id, is_exact) VALUES (?, ?, ?, ?)")
        insertStack = try FactStatement(
            database,
            "INSERT INTO stack (is_truncated, is_broken, is_enclosed) VALUES (?, ?, ?)")
        insertStackFrame = try FactStatement(
            database, "INSERT INTO stack_frame (stack_id, position, frame_id) VALUES (?, ?, ?)")
        places.reserveCapacity(128)
    }

    /// The number of a stack of a process, whose libraries tell what lies at its addresses; nil for one
    /// that says nothing. A library that is `gone` by now was there when the stack was taken.
    func id(
        process: Int64, _ stack: WireStack, libraries: LiveLibraries, gone: LiveLibrary? = nil
    ) throws -> Int64? {
        guard !stack.addresses.isEmpty || !stack.flags.isEmpty else { return nil }
        places.removeAll(keepingCapacity: true)
        let isExact = stack.flags.contains(.exact)
        for (position, address) in stack.addresses.enumerated() {
            // A call that never returns may be the last instruction of its library.
            let instruction = isExact && position == 0 ? address : address &- 1
            let library =
                gone?.covers(instruction) == true
                ? gone?.id : libraries.library(at: instruction)
            places.append(Place(address: address, library: library ?? 0))
        }
        let key = Fingerprint(
            first: hash(seed: 1, process, stack.flags),
            second: hash(seed: 2, process, stack.flags))
        if let known = stacks[key] { return known }
        let id = try insert(process: process, stack.flags)
        stacks[key] = id
        return id
    }

    func clearCache() {
        frames.clear()
        stacks.clear()
    }

    private func insert(process: Int64, _ flags: StackFlags) throws -> Int64? {
        insertStack.bind(1, flags.contains(.truncated))
        insertStack.bind(2, flags.contains(.broken))
        insertStack.bind(3, flags.contains(.enclosed))
        guard let id = try insertStack.insert() else { return nil }
        for (position, place) in places.enumerated() {
            let frame = Frame(
                process: process, place: place,
                isExact: position == 0 && flags.contains(.exact))
            insertStackFrame.bind(1, id)
            insertStackFrame.bind(2, Int64(position))
            insertStackFrame.bind(3, try self.id(frame))
            try insertStackFrame.run()
        }
        return id
    }

    private func id(_ frame: Frame) throws -> Int64 {
        if let known = frames[frame] { return known }
        insertFrame.bind(1, frame.process)
        insertFrame.bind(2, frame.place.address)
        insertFrame.bind(3, frame.place.library == 0 ? nil : frame.place.library)
        insertFrame.bind(4, frame.isExact)
        let id = try insertFrame.insert() ?? 0
        frames[frame] = id
        return id
    }

    private func hash(seed: UInt8, _ process: Int64, _ flags: StackFlags) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        hasher.combine(process)
        hasher.combine(flags.rawValue)
        places.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
