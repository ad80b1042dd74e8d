// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Removes the stacks, frames, libraries, files, symbols and texts that no event leads to any more.
///
/// It reads each table once and needs a few bits of memory a row. It runs inside a transaction of a connection
/// that does not enforce foreign keys: it does what they ask for.
struct OrphanSweep {
    private static let batch = 4096

    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    func run() throws {
        var stacks = try set(for: "stack")
        var texts = try set(for: "text")
        var libraries = try set(for: "library")
        try each(
            """
            SELECT library_id, stack_id, text_id, CASE kind WHEN 'stayed' THEN detail END FROM event
            """
        ) { row in
            row.number(0).map { libraries.insert($0) }
            row.number(1).map { stacks.insert($0) }
            row.number(2).map { texts.insert($0) }
            row.number(3).map { libraries.insert($0) }
        }
        try each("SELECT holder_library_id FROM left_behind") { row in
            row.number(0).map { libraries.insert($0) }
        }
        try remove(
            from: "text", except: texts, by: ["DELETE FROM text WHERE id = ?"])
        try remove(
            from: "stack", except: stacks,
            by: ["DELETE FROM stack_frame WHERE stack_id = ?", "DELETE FROM stack WHERE id = ?"])

        var frames = try set(for: "frame")
        try each("SELECT frame_id FROM stack_frame") { row in
            row.number(0).map { frames.insert($0) }
        }
        try remove(from: "frame", except: frames, by: ["DELETE FROM frame WHERE id = ?"])
        try each("SELECT library_id FROM frame") { row in
            row.number(0).map { libraries.insert($0) }
        }
        try remove(
            from: "library", except: libraries,
            by: [
                "DELETE FROM library_needed WHERE library_id = ?",
                "DELETE FROM library WHERE id = ?",
            ])
        try removeBinaries()
    }

    /// The newest stays in any case: its number must not become another file's while somebody looks up
    /// its symbols.
    private func removeBinaries() throws {
        let greatest = try greatest("binary")
        guard var binaries = NumberSet(upTo: greatest) else { throw Self.tooMany }
        binaries.insert(greatest)
        try each("SELECT binary_id FROM library") { row in
            row.number(0).map { binaries.insert($0) }
        }
        try remove(
            from: "binary", except: binaries,
            by: [
                "DELETE FROM symbol WHERE binary_id = ?",
                "DELETE FROM symbol_failure WHERE binary_id = ?",
                "DELETE FROM symbol_lookup WHERE binary_id = ?",
                "DELETE FROM binary WHERE id = ?",
            ])
    }

    // MARK: - Tables

    private static let tooMany = DatabaseError(
        resultCode: .SQLITE_CORRUPT, message: "a row's number is larger than any that dltrace gives"
    )

    private func greatest(_ table: String) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT MAX(id) FROM \(table)") ?? 0
    }

    private func set(for table: String) throws -> NumberSet {
        guard let set = NumberSet(upTo: try greatest(table)) else { throw Self.tooMany }
        return set
    }

    private func each(
        _ sql: String, _ body: (FactStatement) throws -> Void
    ) throws {
        let statement = try FactStatement(database, sql)
        try statement.forEachRow {
            try body(statement)
            return true
        }
    }

    private func remove(
        from table: String, except kept: NumberSet, by statements: [String]
    ) throws {
        let select = try FactStatement(
            database, "SELECT id FROM \(table) WHERE id > ? ORDER BY id LIMIT \(Self.batch)")
        let removals = try statements.map { try FactStatement(database, $0) }
        var last = Int64.min
        var isDone = false
        var unused: [Int64] = []
        // A table is not changed while it is read.
        while !isDone {
            isDone = true
            unused.removeAll(keepingCapacity: true)
            select.bind(1, last)
            try select.forEachRow {
                isDone = false
                last = select.number(0) ?? last
                if !kept.contains(last) { unused.append(last) }
                return true
            }
            for id in unused {
                for removal in removals {
                    removal.bind(1, id)
                    try removal.run()
                }
            }
        }
    }
}
