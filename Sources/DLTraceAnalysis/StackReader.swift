// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Reads the view event_frame.
enum StackReader {
    /// The kinds of which destructor_function has rows.
    private static let destructors: Set<String> = [
        "fini_function", "exit_handler", "thread_destructor", "fork_handler",
    ]

    /// The full stack of an event, innermost first.
    static func frames(_ database: Database, process: Int64, event: Int64) throws -> [Frame] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT
                    frame_seq, address, path, offset, symbol, symbol_offset, file, line, state,
                    segment, position, inline_depth
                FROM event_frame
                WHERE process_id = ? AND seq = ?
                ORDER BY segment, position, inline_depth
                """)
        let rows = try Row.fetchAll(statement, arguments: [process, event])
        return rows.indices.map { index in
            let row = rows[index]
            let next = index + 1 < rows.count ? rows[index + 1] : nil
            let isInlined =
                next.map {
                    $0["segment"] as Int64 == row["segment"] as Int64
                        && $0["position"] as Int64 == row["position"] as Int64
                } ?? false
            return Frame(
                event: row["frame_seq"],
                address: unsigned(row["address"]),
                library: row["path"],
                offset: (row["offset"] as Int64?).map(unsigned),
                symbol: row["symbol"],
                symbolOffset: row["symbol_offset"],
                file: row["file"],
                line: row["line"],
                state: (row["state"] as String?).flatMap(FrameState.init(rawValue:)),
                isInlined: isInlined)
        }
    }

    /// Of a destructor function's event: the function itself, on top of its stack.
    static func function(
        _ database: Database, process: Int64, event: Int64, kind: String
    ) throws -> [Frame] {
        // Asked of each evidence, of which few are such.
        guard destructors.contains(kind) else { return [] }
        let statement = try database.cachedStatement(
            sql: """
                SELECT
                    address, path, offset, symbol, file, line, state
                FROM destructor_function
                WHERE process_id = ? AND seq = ? AND address IS NOT NULL
                """)
        return try Row.fetchAll(statement, arguments: [process, event]).map { row in
            Frame(
                event: event,
                address: unsigned(row["address"]),
                library: row["path"],
                offset: (row["offset"] as Int64?).map(unsigned),
                symbol: row["symbol"],
                symbolOffset: row["symbol"] == nil ? nil : 0,
                file: row["file"],
                line: row["line"],
                state: (row["state"] as String?).flatMap(FrameState.init(rawValue:)),
                isInlined: false)
        }
    }

    /// Addresses are stored as the signed number of the same bits.
    static func unsigned(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) }
}
