// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Puts tables in the place of the views that rules lean on, for one connection.
///
/// The views answer for the whole database. A report asks about a few processes, and asks the same
/// things again and again: so their rows are computed once, for the processes it is about, bottom up, and
/// each view is made anew over its rows. Columns and names stay the same; rules do not notice.
enum FrozenViews {
    struct View {
        let name: String
        var filter = ""
        let indexes: [String]
    }

    /// What all others are made of; NarrowedViews has it from a digest.
    private static let base: [View] = [
        View(name: "process_line", indexes: ["process_id", "member_id"]),
        View(name: "call_end", filter: members, indexes: ["process_id, seq"]),
        View(
            name: "loader_call", filter: members,
            indexes: ["process_id, seq", "process_id, library_id", "process_id, handle"]),
        libraryLife,
        View(name: "library_churn", indexes: ["process_id, path"]),
        View(name: "reference_event", filter: members, indexes: []),
        View(name: "rare_event", filter: members, indexes: ["process_id, kind"]),
        View(name: "registration", filter: members, indexes: ["process_id, seq"]),
        View(name: "thread_life", filter: members, indexes: ["process_id, create_seq"]),
    ]

    static let libraryLife = View(
        name: "library_life",
        indexes: [
            "process_id, library_id", "process_id, start_address", "process_id, unloaded_by_seq",
        ])

    /// The rest.
    static let upper: [View] = [
        View(
            name: "handle_open",
            indexes: [
                "process_id, library_id", "process_id, open_seq", "process_id, caller_library_id",
            ]),
        View(name: "kept_handle", indexes: ["process_id, close_seq"]),
        View(name: "library_opener", indexes: ["process_id, library_id"]),
        View(
            name: "library_need",
            indexes: ["process_id, library_id", "process_id, needed_library_id"]),
        View(
            name: "close_effect", indexes: ["process_id, close_seq", "process_id, library_id"]),
        View(name: "library_kept", indexes: ["process_id, library_id"]),
        View(name: "stay_reason", indexes: ["process_id, library_id"]),
        View(
            name: "left_reference", filter: selected,
            indexes: ["process_id, close_seq", "process_id, library_id"]),
        View(
            name: "dangling_reference", indexes: ["process_id, type", "process_id, library_id"]),
        View(name: "stale_use", indexes: ["process_id, seq"]),
        View(name: "process_summary", filter: selected, indexes: ["process_id"]),
    ]

    private static let members = "WHERE process_id IN (SELECT member_id FROM process_line)"
    private static let selected = "WHERE process_id IN (SELECT process_id FROM selected_process)"

    /// Freezes the views to the processes of these numbers.
    static func freeze(_ database: Database, processes: [Int64]) throws {
        try database.execute(
            sql: "CREATE TEMP TABLE frozen_selected_process (process_id INTEGER PRIMARY KEY)")
        let insert = try database.makeStatement(
            sql: "INSERT INTO frozen_selected_process VALUES (?)")
        for process in processes {
            try insert.execute(arguments: [process])
        }
        try replace("selected_process", in: database)
        for view in base + upper { try freeze(view, in: database) }
    }

    /// Freezes one view; with a SELECT of its columns, to the rows of that.
    static func freeze(_ view: View, as select: String? = nil, in database: Database) throws {
        try database.execute(
            sql: """
                CREATE TEMP TABLE frozen_\(view.name) (\(try columns(of: view.name, in: database)));
                INSERT INTO frozen_\(view.name)
                \(select ?? "SELECT * FROM \(view.name) \(view.filter)");
                """)
        for (number, columns) in view.indexes.enumerated() {
            try database.execute(
                sql: """
                    CREATE INDEX temp.frozen_\(view.name)_\(number)
                    ON frozen_\(view.name) (\(columns))
                    """)
        }
        try replace(view.name, in: database)
    }

    /// The columns with their types. SQLite forgets a column's type where it computes it, and then uses no
    /// index to compare it with one that has a type.
    static func columns(of view: String, in database: Database) throws -> String {
        try Row.fetchAll(database, sql: "PRAGMA table_info(\(view))").map { row in
            let name: String = row["name"]
            let type: String = row["type"]
            guard type.isEmpty else { return "\(name) \(type)" }
            return name.hasSuffix("_id") || name.hasSuffix("seq") ? "\(name) INTEGER" : name
        }.joined(separator: ", ")
    }

    /// Makes a view of the name `every_…` that answers as the one of views.sql does.
    static func keep(_ view: String, in database: Database) throws {
        let start = "CREATE VIEW \(view) AS"
        let definition =
            try String.fetchOne(
                database, sql: "SELECT sql FROM temp.sqlite_master WHERE name = ?",
                arguments: [view]) ?? ""
        guard definition.hasPrefix(start) else {
            throw DatabaseError(message: "the view \(view) is not as expected")
        }
        try database.execute(
            sql: "CREATE TEMP VIEW every_\(view) AS \(definition.dropFirst(start.count))")
    }

    private static func replace(_ name: String, in database: Database) throws {
        try database.execute(
            sql: """
                DROP VIEW temp.\(name);
                CREATE TEMP VIEW \(name) AS SELECT * FROM frozen_\(name);
                """)
    }
}
