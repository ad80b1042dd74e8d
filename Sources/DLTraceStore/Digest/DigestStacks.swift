// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Whose code calls from a stack, by the same reading of it as the view loader_call's.
final class DigestStacks {
    /// What is known of a stack.
    struct Known {
        /// The innermost library that called, 0 for unknown code; nil where the stack tells none.
        let caller: Int64?
        /// The same beneath a destructor, where libc's frames are left out.
        let callerInPhase: Int64?
        /// The libraries on it that were not there at start.
        let comers: [Int64]
    }

    private static let mostKnown = 1 << 16

    private let select: Statement
    private var known: [Int64: Known] = [:]

    private let places: DigestPlaces

    init(_ database: Database, places: DigestPlaces) throws {
        self.places = places
        select = try database.makeStatement(
            sql: """
                SELECT
                    COALESCE(frame.library_id, 0), library.origin, library.soname = 'libc.so.6',
                    library.at_start, library.binary_id, frame.address - library.base_address,
                    frame.is_exact
                FROM stack_frame
                CROSS JOIN frame ON frame.id = stack_frame.frame_id
                LEFT JOIN library ON library.id = frame.library_id
                WHERE stack_frame.stack_id = ?
                ORDER BY stack_frame.position
                """)
    }

    subscript(stack: Int64) -> Known {
        get throws {
            if let known = known[stack] { return known }
            if known.count >= Self.mostKnown { known.removeAll(keepingCapacity: true) }
            let found = try read(stack)
            known[stack] = found
            return found
        }
    }

    /// Notes the places in a stack.
    func note(_ stack: Int64) throws {
        _ = try self[stack]
    }

    private func read(_ stack: Int64) throws -> Known {
        guard stack != 0 else { return Known(caller: nil, callerInPhase: nil, comers: []) }
        var caller: Int64?
        var callerInPhase: Int64?
        var comers: [Int64] = []
        let rows = try Row.fetchCursor(select, arguments: [stack])
        while let row = try rows.next() {
            let library: Int64 = row[0]
            if let binary = row[4] as Int64?, let place = Int64.fromDatabaseValue(row[5]) {
                try places.add(binary, place, isExact: row[6])
            }
            let origin: String? = row[1]
            let isComer = row[3] as Bool? == false
            if isComer, !comers.contains(library) { comers.append(library) }
            guard origin != "loader", origin != "tracer" else { continue }
            caller = caller ?? library
            if row[2] as Bool? != true { callerInPhase = callerInPhase ?? library }
        }
        return Known(caller: caller, callerInPhase: callerInPhase, comers: comers)
    }
}
