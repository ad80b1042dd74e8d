// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite

/// The files of a database, and what needs what by name.
final class DigestFiles {
    /// A row of library, as far as it is needed.
    struct Load {
        let process: Int64
        let handle: Int64
        let namespace: Int64
        let isAtStart: Bool
        let base: Int64
        let file: DigestFile
    }

    private let database: Database
    private let selectLoad: Statement
    private let selectFile: Statement
    private let selectNeeds: Statement
    private var names: [String: Int] = [:]
    private var files: [Int64: DigestFile] = [:]
    private var cyclic: Set<Int> = []

    init(_ database: Database) throws {
        self.database = database
        selectLoad = try database.makeStatement(
            sql: """
                SELECT process_id, link_map, namespace, at_start, binary_id, base_address
                FROM library
                WHERE id = ?
                """)
        selectFile = try database.makeStatement(
            sql: """
                SELECT library.soname, library.origin, binary.path, binary.build_id
                FROM library
                CROSS JOIN binary ON binary.id = library.binary_id
                WHERE library.id = ?
                """)
        selectNeeds = try database.makeStatement(
            sql: "SELECT name FROM library_needed WHERE library_id = ?")
        cyclic = try findCyclic()
    }

    /// Whether some files need each other.
    var hasCycle: Bool { !cyclic.isEmpty }

    /// A load of a library by its number.
    func load(_ id: Int64) throws -> Load? {
        // There may be millions.
        let raw = selectLoad.sqliteStatement
        sqlite3_bind_int64(raw, 1, id)
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        guard code == SQLITE_ROW else {
            guard code == SQLITE_DONE else {
                throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
            return nil
        }
        return Load(
            process: sqlite3_column_int64(raw, 0), handle: sqlite3_column_int64(raw, 1),
            namespace: sqlite3_column_int64(raw, 2), isAtStart: sqlite3_column_int64(raw, 3) != 0,
            base: sqlite3_column_int64(raw, 5),
            file: try file(sqlite3_column_int64(raw, 4), loadedAs: id))
    }

    private func file(_ binary: Int64, loadedAs library: Int64) throws -> DigestFile {
        if let known = files[binary] { return known }
        let row = try Row.fetchOne(selectFile, arguments: [library])
        let soname: String? = row?[0]
        let path: String? = row?[2]
        let linkName = name(soname ?? lastPart(of: path ?? ""))
        let file = DigestFile(
            binary: binary, linkName: linkName, needs: try needs(of: library),
            isFile: row?[1] as String? == "file", isCyclic: cyclic.contains(linkName))
        // Without a build id it may be another file by the same name.
        if row?[3] as String? != "" { files[binary] = file }
        return file
    }

    private func needs(of library: Int64) throws -> [Int] {
        try String.fetchAll(selectNeeds, arguments: [library]).map(name)
    }

    private func name(_ text: String) -> Int {
        if let number = names[text] { return number }
        names[text] = names.count
        return names.count - 1
    }

    private func lastPart(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    // MARK: - Cycles

    /// The names that may be in a cycle: what is left when, over and over, those are taken out that need none
    /// of the others or that none needs.
    private func findCyclic() throws -> Set<Int> {
        var needs: [Int: Set<Int>] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT binary.path, library.id, library.soname
                FROM binary
                CROSS JOIN library ON library.id = (
                    SELECT MAX(loaded.id) FROM library AS loaded WHERE loaded.binary_id = binary.id
                )
                """)
        while let row = try rows.next() {
            let soname: String? = row[2]
            let own = name(soname ?? lastPart(of: row[0]))
            needs[own, default: []].formUnion(try self.needs(of: row[1]))
            needs[own]?.remove(own)
        }
        while true {
            let wanted = needs.values.reduce(into: Set<Int>()) { $0.formUnion($1) }
            let left = needs.filter { wanted.contains($0.key) && !$0.value.isEmpty }
            let names = Set(left.keys)
            let next = left.mapValues { $0.intersection(names) }
            if next == needs { return names }
            needs = next
        }
    }
}
